import type { PoolClient } from "pg";
import type { LogLine } from "../identity.ts";
import { passwordHashSql } from "./password.ts";
import { AuthRefusal } from "./refusal.ts";
import { readSqlError } from "./transaction.ts";

type Json = Readonly<Record<string, unknown>>;

interface NewEmailUser {
  readonly id: string;
  readonly email: string;
  readonly password: string;
  readonly passwordCost: number;
  readonly confirmed: boolean;
  readonly role: string;
  readonly appMetadata: Json;
  readonly userMetadata: Json;
  /** Whether user_metadata repeats sub and email, as after a sign-up but not after an admin's create. */
  readonly describesItself: boolean;
}

/**
 * Inserts a user with their e-mail identity and returns the id. Insert first, confirm after, as GoTrue does: apps put
 * triggers on both.
 */
export async function insertEmailUser(client: PoolClient, user: NewEmailUser): Promise<string> {
  const identity = { sub: user.id, email: user.email, email_verified: false, phone_verified: false };
  const metadata = user.describesItself ? { ...user.userMetadata, ...identity } : user.userMetadata;
  const appMetadata = { provider: "email", providers: ["email"], ...user.appMetadata };
  await client.query(
    `insert into users (
       instance_id, id, aud, role, email, encrypted_password, raw_app_meta_data, raw_user_meta_data,
       created_at, updated_at, confirmation_token, recovery_token, email_change, email_change_token_new
     ) values (
       '00000000-0000-0000-0000-000000000000', $1, 'authenticated', $2, $3, ${passwordHashSql("$4", "$5::int")},
       $6, $7, now(), now(), '', '', '', ''
     )`,
    [
      user.id,
      user.role,
      user.email,
      user.password,
      user.passwordCost,
      JSON.stringify(appMetadata),
      JSON.stringify(metadata),
    ],
  );
  await insertEmailIdentity(client, user.id, identity);
  if (user.confirmed) await confirmEmail(client, user.id);
  return user.id;
}

export async function insertEmailIdentity(client: PoolClient, userId: string, data: Json): Promise<void> {
  await client.query(
    `insert into identities (provider_id, user_id, identity_data, provider, last_sign_in_at, created_at, updated_at)
     values ($1::uuid::text, $1::uuid, $2, 'email', now(), now(), now())`,
    [userId, JSON.stringify(data)],
  );
}

export async function confirmEmail(client: PoolClient, userId: string): Promise<void> {
  await client.query(
    `update users set email_confirmed_at = coalesce(email_confirmed_at, now()), confirmation_token = '', updated_at = now(),
       raw_user_meta_data = coalesce(raw_user_meta_data, '{}') || '{"email_verified": true}'
     where id = $1`,
    [userId],
  );
}

/** What a failed write of a user means: someone has that address, or the app's own triggers or rules said no. */
export function refuseUserWrite(
  error: unknown,
  log: LogLine,
  told: { readonly conflict: AuthRefusal; readonly failure: string },
): unknown {
  const sql = readSqlError(error);
  if (sql === null) return error;
  if (sql.code === "23505" && sql.constraint === "users_email_partial_key") return told.conflict;
  if (sql.code === "23505" && sql.constraint === "users_phone_key") {
    return new AuthRefusal(422, "phone_exists", "A user with this phone number has already been registered");
  }
  log("error", told.failure, {
    sqlstate: sql.code,
    error: error instanceof Error ? error.message : String(error),
  });
  return new AuthRefusal(500, "unexpected_failure", told.failure);
}
