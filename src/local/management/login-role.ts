import { randomBytes } from "node:crypto";
import type { Pool } from "pg";

interface LoginRole {
  readonly role: string;
  readonly password: string;
  readonly ttl_seconds: number;
}

const ttlSeconds = 300;
const roles = { write: "cli_login_postgres", read: "cli_login_read_only" } as const;

/** A login for five minutes that may become role postgres, or only read. Each call sets a new password. */
export async function createLoginRole(superuser: Pool, readOnly: boolean, now: Date): Promise<LoginRole> {
  const role = readOnly ? roles.read : roles.write;
  const password = randomBytes(24).toString("base64url");
  const until = new Date(now.getTime() + ttlSeconds * 1000).toISOString();
  const member = readOnly ? "pg_read_all_data" : "postgres";
  const setUp = readOnly ? `alter role ${role} set default_transaction_read_only = on;` : "";
  await superuser.query(`
    begin;
    select pg_advisory_xact_lock(hashtext('${role}'));
    do $$ begin
      if not exists (select from pg_roles where rolname = '${role}') then
        create role ${role} login noinherit;
      end if;
    end $$;
    grant ${member} to ${role} with inherit ${readOnly};
    ${setUp}
    alter role ${role} password '${password}' valid until '${until}';
    commit;`);
  return { role, password, ttl_seconds: ttlSeconds };
}

/** Ends the logins: their passwords are removed. */
export async function deleteLoginRoles(superuser: Pool): Promise<void> {
  for (const role of Object.values(roles)) {
    const { rowCount } = await superuser.query("select from pg_roles where rolname = $1", [role]);
    if (rowCount) await superuser.query(`alter role ${role} password null`);
  }
}
