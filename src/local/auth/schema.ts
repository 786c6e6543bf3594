import { authFunctionsSql } from "./schema-functions.ts";
import { authGuardSql } from "./schema-guard.ts";

/** Columns of hosted's auth.users, in its order: seeds and migrations insert into them by name. */
const usersTable = `
create table if not exists users (
  instance_id uuid,
  id uuid not null primary key,
  aud varchar(255),
  role varchar(255),
  email varchar(255),
  encrypted_password varchar(255),
  email_confirmed_at timestamptz,
  invited_at timestamptz,
  confirmation_token varchar(255),
  confirmation_sent_at timestamptz,
  recovery_token varchar(255),
  recovery_sent_at timestamptz,
  email_change_token_new varchar(255),
  email_change varchar(255),
  email_change_sent_at timestamptz,
  last_sign_in_at timestamptz,
  raw_app_meta_data jsonb,
  raw_user_meta_data jsonb,
  is_super_admin boolean,
  created_at timestamptz,
  updated_at timestamptz,
  phone text unique default null,
  phone_confirmed_at timestamptz,
  phone_change text default '',
  phone_change_token varchar(255) default '',
  phone_change_sent_at timestamptz,
  confirmed_at timestamptz generated always as (least(email_confirmed_at, phone_confirmed_at)) stored,
  email_change_token_current varchar(255) default '',
  email_change_confirm_status smallint default 0 check (email_change_confirm_status between 0 and 2),
  banned_until timestamptz,
  reauthentication_token varchar(255) default '',
  reauthentication_sent_at timestamptz,
  is_sso_user boolean not null default false,
  deleted_at timestamptz,
  is_anonymous boolean not null default false
);
create unique index if not exists users_email_partial_key on users (email) where is_sso_user = false;
create index if not exists users_instance_id_email_idx on users (instance_id, lower(email::text));
create index if not exists users_created_at_idx on users (created_at desc);
create index if not exists users_is_anonymous_idx on users (is_anonymous);`;

const identitiesTable = `
create table if not exists identities (
  provider_id text not null,
  user_id uuid not null references users on delete cascade,
  identity_data jsonb not null,
  provider text not null,
  last_sign_in_at timestamptz,
  created_at timestamptz,
  updated_at timestamptz,
  email text generated always as (lower(identity_data ->> 'email')) stored,
  id uuid not null default gen_random_uuid() primary key,
  constraint identities_provider_id_provider_unique unique (provider_id, provider)
);
create index if not exists identities_user_id_idx on identities (user_id);
create index if not exists identities_email_idx on identities (email text_pattern_ops);`;

const sessionTables = `
create table if not exists sessions (
  id uuid not null primary key,
  user_id uuid not null references users on delete cascade,
  created_at timestamptz,
  updated_at timestamptz,
  factor_id uuid,
  aal aal_level,
  not_after timestamptz,
  refreshed_at timestamp,
  user_agent text,
  ip inet,
  tag text
);
create index if not exists sessions_user_id_idx on sessions (user_id);
create table if not exists refresh_tokens (
  instance_id uuid,
  id bigserial primary key,
  token varchar(255) constraint refresh_tokens_token_unique unique,
  user_id varchar(255),
  revoked boolean,
  created_at timestamptz,
  updated_at timestamptz,
  parent varchar(255),
  session_id uuid references sessions on delete cascade
);
create index if not exists refresh_tokens_session_id_revoked_idx on refresh_tokens (session_id, revoked);
create table if not exists mfa_amr_claims (
  session_id uuid not null references sessions on delete cascade,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  authentication_method text not null,
  id uuid not null primary key,
  constraint mfa_amr_claims_session_id_authentication_method_pkey unique (session_id, authentication_method)
);`;

/** Policies that ask for a second factor read mfa_factors; it stays empty, for no factor can be enrolled here. */
const factorAndTokenTables = `
create table if not exists mfa_factors (
  id uuid not null primary key,
  user_id uuid not null references users on delete cascade,
  friendly_name text,
  factor_type factor_type not null,
  status factor_status not null,
  created_at timestamptz not null,
  updated_at timestamptz not null,
  secret text,
  phone text,
  last_challenged_at timestamptz unique
);
create index if not exists mfa_factors_user_id_idx on mfa_factors (user_id);
create table if not exists one_time_tokens (
  id uuid primary key,
  user_id uuid not null references users on delete cascade,
  token_type one_time_token_type not null,
  token_hash text not null check (char_length(token_hash) > 0),
  relates_to text not null,
  created_at timestamp not null default now(),
  updated_at timestamp not null default now()
);
create index if not exists one_time_tokens_token_hash_hash_idx on one_time_tokens using hash (token_hash);
create unique index if not exists one_time_tokens_user_id_token_type_key on one_time_tokens (user_id, token_type);`;

const enums: Readonly<Record<string, readonly string[]>> = {
  aal_level: ["aal1", "aal2", "aal3"],
  factor_type: ["totp", "webauthn", "phone"],
  factor_status: ["unverified", "verified"],
  one_time_token_type: [
    "confirmation_token",
    "reauthentication_token",
    "recovery_token",
    "email_change_token_new",
    "email_change_token_current",
    "phone_change_token",
  ],
};

function renderEnum(name: string, values: readonly string[]): string {
  const list = values.map((value) => `'${value}'`).join(", ");
  return `do $$ begin
  if to_regtype('auth.${name}') is null then create type auth.${name} as enum (${list}); end if;
end $$;`;
}

/**
 * Schema `auth` as hosted has it, where clients and migrations rely on it. Run as superuser once the roles and
 * schema `extensions` (with pgcrypto) exist; repeatable. `postgres` may reference auth.users, write to it and put
 * triggers on it, but does not own it.
 */
export const authSchemaSql = `
create schema if not exists auth authorization supabase_auth_admin;
grant usage on schema extensions to supabase_auth_admin;
alter role supabase_auth_admin set search_path = auth;
set role supabase_auth_admin;
set search_path = auth;
${Object.entries(enums)
  .map(([name, values]) => renderEnum(name, values))
  .join("\n")}
${usersTable}
${identitiesTable}
${sessionTables}
${factorAndTokenTables}
${authFunctionsSql}
grant usage on schema auth to anon, authenticated, service_role, postgres, dashboard_user;
grant all on all tables in schema auth to postgres, dashboard_user;
grant all on all sequences in schema auth to postgres, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth grant all on tables to postgres, dashboard_user;
alter default privileges for role supabase_auth_admin in schema auth grant all on sequences to postgres, dashboard_user;
reset search_path;
reset role;
${authGuardSql}`;
