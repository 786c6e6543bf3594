import { createHash, randomInt } from "node:crypto";
import type { PoolClient } from "pg";

/** What a link or code proves, in GoTrue's words. */
export type LinkType = "signup" | "invite" | "magiclink" | "recovery";

export const linkTypes: readonly LinkType[] = ["signup", "invite", "magiclink", "recovery"];

/** How long a code or link is good for. */
export const oneTimeMinutes = 60;

/** Digits of a code. */
export const oneTimeDigits = 6;

function tokenTypeOf(type: LinkType): "confirmation_token" | "recovery_token" {
  return type === "signup" || type === "invite" ? "confirmation_token" : "recovery_token";
}

/** The form codes are kept and put into links in: a code alone is short enough to be guessed from a leak. */
export function hashCode(email: string, code: string): string {
  return createHash("sha224").update(`${email}${code}`).digest("hex");
}

interface OneTimeToken {
  readonly code: string;
  readonly hash: string;
}

/** A code for the user; an earlier one of the same kind no longer counts. */
export async function makeOneTimeToken(
  client: PoolClient,
  userId: string,
  email: string,
  type: LinkType,
): Promise<OneTimeToken> {
  const code = String(randomInt(10 ** oneTimeDigits)).padStart(oneTimeDigits, "0");
  const hash = hashCode(email, code);
  await client.query(
    `insert into one_time_tokens (id, user_id, token_type, token_hash, relates_to)
     values (gen_random_uuid(), $1, $2, $3, $4)
     on conflict (user_id, token_type) do update
       set token_hash = excluded.token_hash, relates_to = excluded.relates_to, created_at = now(), updated_at = now()`,
    [userId, tokenTypeOf(type), hash, email],
  );
  return { code, hash };
}

/** Uses the token up; the user it belongs to, or null when it is unknown, spent or too old. */
export async function spendOneTimeToken(
  client: PoolClient,
  hash: string,
  types: readonly LinkType[],
): Promise<string | null> {
  const { rows } = await client.query<{ user_id: string; fresh: boolean }>(
    `delete from one_time_tokens where token_hash = $1 and token_type = any($2::one_time_token_type[])
     returning user_id, created_at > localtimestamp - interval '${oneTimeMinutes} minutes' as fresh`,
    [hash, [...new Set(types.map(tokenTypeOf))]],
  );
  return rows[0]?.fresh === true ? rows[0].user_id : null;
}
