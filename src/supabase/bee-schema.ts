import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Database, Session } from "./database.ts";
import { describeQueryFailure, isBrokenConnection, sqlState } from "./database-error.ts";

/** Goes up with every change of `schemaSql`; older schemas are brought up to it at the next write. */
export const schemaVersion = 3;

/** One key per thing that is created once, for pg_advisory_xact_lock: two first runs must not collide. */
export const creationLockKey = 6_243_001;

/** Repeatable. Belongs to the connected role; the API's roles get nothing, and row security is on besides. */
const schemaSql = `
create schema if not exists bee;
comment on schema bee is 'What bee deployed here: lock, releases, bundles, audit. Not part of the app.';
create table if not exists bee.schema_version (singleton boolean primary key default true check (singleton), version int not null);
create sequence if not exists bee.fence_token as bigint;
create table if not exists bee.deploy_lock (
  singleton boolean primary key default true check (singleton),
  token bigint not null,
  holder text not null,
  message text not null,
  acquired_at timestamptz not null,
  heartbeat_at timestamptz not null,
  expires_at timestamptz not null
);
alter table bee.deploy_lock add column if not exists process text;
create table if not exists bee.audit (
  id bigint generated always as identity primary key,
  at timestamptz not null default clock_timestamp(),
  action text not null,
  actor text not null,
  token bigint,
  detail text
);
create table if not exists bee.bundles (
  sha256 text primary key check (sha256 ~ '^[0-9a-f]{64}$'),
  slug text not null,
  bytes bytea not null,
  kept_at timestamptz not null default clock_timestamp()
);
create table if not exists bee.releases (
  number bigint primary key,
  recorded_at timestamptz not null default clock_timestamp(),
  release jsonb not null
);
create table if not exists bee.migration_progress (
  version text primary key,
  sha256 text not null,
  -- Statements before this one are done; this one was begun.
  statement int not null
);
create table if not exists bee.evidence (
  seq bigint primary key,
  -- Canonical JSON, byte for byte what the digest was taken of.
  entry text not null,
  sha256 text not null check (sha256 ~ '^[0-9a-f]{64}$')
);
create table if not exists bee.traffic_pins (
  service text primary key,
  pin jsonb not null
);
create or replace function bee.assert_fence(expected bigint, hold boolean) returns boolean
language plpgsql set search_path = pg_catalog as $$
begin
  if hold then
    -- The share lock makes a takeover, and a heartbeat, wait until the caller's transaction has ended.
    perform from bee.deploy_lock where token = expected for share;
  else
    perform from bee.deploy_lock where token = expected;
  end if;
  if not found then
    raise exception 'deploy lock lost: token % is not the current one', expected using errcode = 'BEE01';
  end if;
  return true;
end $$;
alter table bee.schema_version enable row level security;
alter table bee.deploy_lock enable row level security;
alter table bee.audit enable row level security;
alter table bee.bundles enable row level security;
alter table bee.releases enable row level security;
alter table bee.migration_progress enable row level security;
alter table bee.evidence enable row level security;
alter table bee.traffic_pins enable row level security;
do $$
declare grantee text;
begin
  foreach grantee in array array['public', 'anon', 'authenticated', 'service_role'] loop
    continue when grantee <> 'public' and not exists (select from pg_roles where rolname = grantee);
    execute format('revoke all on schema bee from %1$s', grantee);
    execute format('revoke all on all tables in schema bee from %1$s', grantee);
    execute format('revoke all on all sequences in schema bee from %1$s', grantee);
    execute format('revoke all on all functions in schema bee from %1$s', grantee);
  end loop;
end $$;
insert into bee.schema_version (version) values (${schemaVersion})
  on conflict (singleton) do update set version = excluded.version;
`;

/** SQLSTATE that bee.assert_fence raises. */
export const fenceLostState = "BEE01";

/** True for the errors that say schema bee or a part of it is not there yet. */
export function isSchemaMissing(error: unknown): boolean {
  return ["42P01", "3F000", "42883", "42703"].includes(sqlState(error) ?? "");
}

/** Makes or updates schema bee in one transaction. Throws BEE-E551 when a newer bee made it. */
export async function ensureBeeSchema(database: Database): Promise<void> {
  await database.withSession(async (session) => {
    try {
      // Looked at again behind the lock: who comes second finds it made and must not touch it.
      await session.query(
        `begin; set local lock_timeout = '10s'; select pg_advisory_xact_lock(${creationLockKey})`,
      );
      const found = await readVersion(session);
      if (found != null && found > schemaVersion) throw madeByNewer(found);
      if (found !== schemaVersion) await session.query(schemaSql);
      await session.query("commit");
    } catch (error) {
      await session.query("rollback").catch(() => {});
      if (isBrokenConnection(error)) throw describeQueryFailure(error, "Schema bee could not be made");
      throw error instanceof BeeError ? error : cannotCreate(error);
    }
  });
}

async function readVersion(session: Session): Promise<number | null> {
  const { rows: made } = await session.query(
    "select from pg_class where oid = to_regclass('bee.schema_version')",
  );
  if (made.length === 0) return null;
  const { rows } = await session.query<{ version: number }>("select version from bee.schema_version");
  return rows[0]?.version ?? null;
}

function madeByNewer(found: number): BeeError {
  return new BeeError({
    code: "BEE-E551",
    message: `Schema bee in the target is version ${found}; this bee knows version ${schemaVersion}`,
    detail: "A newer bee deployed here. Nothing was changed.",
    hint: "Update bee: git pull && npm ci",
    exit: exitCodes.usage,
  });
}

function cannotCreate(error: unknown): BeeError {
  return new BeeError({
    code: "BEE-E552",
    message: `Schema bee cannot be created: ${error instanceof Error ? error.message : String(error)}`,
    detail: "It keeps the lock and the releases. Nothing was changed.",
    hint: "Connect as the role that owns the database (postgres).",
    exit: exitCodes.usage,
    cause: error,
  });
}
