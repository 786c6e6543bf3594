import type { PoolClient } from "pg";
import { confirmEmail, insertEmailIdentity } from "./new-user.ts";
import { passwordHashSql } from "./password.ts";

type Json = Readonly<Record<string, unknown>>;

/** Sets the given keys and removes those given as null, as GoTrue merges metadata. */
export async function mergeMetadata(
  client: PoolClient,
  userId: string,
  column: "raw_user_meta_data" | "raw_app_meta_data",
  changes: Json,
): Promise<void> {
  const removed = Object.keys(changes).filter((key) => changes[key] === null);
  const set = Object.fromEntries(Object.entries(changes).filter(([, value]) => value !== null));
  await client.query(
    `update users set ${column} = (coalesce(${column}, '{}') || $2::jsonb) - $3::text[], updated_at = now() where id = $1`,
    [userId, JSON.stringify(set), removed],
  );
}

export async function setPassword(
  client: PoolClient,
  userId: string,
  password: string,
  cost: number,
): Promise<void> {
  await client.query(
    `update users set encrypted_password = ${passwordHashSql("$2", "$3::int")}, updated_at = now(),
       recovery_token = '', recovery_sent_at = null where id = $1`,
    [userId, password, cost],
  );
  await client.query("delete from one_time_tokens where user_id = $1", [userId]);
}

/** The user's address and that of their e-mail identity, which is made when there is none (an anonymous user's). */
export async function setEmail(
  client: PoolClient,
  userId: string,
  email: string,
  options: { readonly confirm: boolean },
): Promise<void> {
  const changed = await client.query(
    `update identities set identity_data = identity_data || jsonb_build_object('email', $2::text), updated_at = now()
     where user_id = $1 and provider = 'email'`,
    [userId, email],
  );
  if (changed.rowCount === 0) {
    await insertEmailIdentity(client, userId, {
      sub: userId,
      email,
      email_verified: options.confirm,
      phone_verified: false,
    });
  }
  await client.query(
    `update users set email = $2, is_anonymous = false, updated_at = now(),
       raw_app_meta_data = coalesce(raw_app_meta_data, '{}') || case
         when raw_app_meta_data ? 'provider' then '{}'::jsonb
         else '{"provider": "email", "providers": ["email"]}'::jsonb end
     where id = $1`,
    [userId, email],
  );
  if (options.confirm) await confirmEmail(client, userId);
}

/** 0 lifts the ban. */
export async function banUser(client: PoolClient, userId: string, durationMs: number): Promise<void> {
  await client.query(
    `update users set banned_until = case when $2::float8 > 0 then now() + $2::float8 * interval '1 millisecond' end,
       updated_at = now() where id = $1`,
    [userId, durationMs],
  );
}

/** Keeps the row, so that what refers to it stays, and replaces every name in it by its hash. */
export async function softDeleteUser(client: PoolClient, userId: string): Promise<void> {
  await client.query(
    `update users set
       email = encode(sha256((id::text || email)::bytea), 'hex'),
       phone = left(encode(sha256((id::text || phone)::bytea), 'hex'), 15),
       encrypted_password = '', raw_user_meta_data = '{}', raw_app_meta_data = '{}',
       email_change = '', phone_change = '', deleted_at = now(), updated_at = now()
     where id = $1 and deleted_at is null`,
    [userId],
  );
  await client.query(
    `update identities set provider_id = encode(sha256((user_id::text || provider_id)::bytea), 'hex'), identity_data = '{}'
     where user_id = $1`,
    [userId],
  );
  await client.query("delete from one_time_tokens where user_id = $1", [userId]);
}
