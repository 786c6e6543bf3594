/**
 * On hosted `postgres` may make and drop triggers and policies on tables of the platform's schemas without owning them
 * (the supautils extension allows it), and may change nothing else there. Without that extension: membership in the
 * owner lets it do the one, event triggers refuse the other. Run as superuser.
 */
export const authGuardSql = `
grant supabase_auth_admin to postgres;
create or replace function auth.guard_change() returns event_trigger language plpgsql set search_path = '' as $$
declare
  identity text;
begin
  if current_user <> 'postgres' then return; end if;
  if tg_event = 'sql_drop' then
    select d.object_identity into identity from pg_catalog.pg_event_trigger_dropped_objects() d
    where d.original and d.schema_name in ('auth', 'storage', 'realtime') and d.object_type not in ('trigger', 'policy') limit 1;
  else
    select c.object_identity into identity from pg_catalog.pg_event_trigger_ddl_commands() c
    where c.schema_name in ('auth', 'storage', 'realtime')
      and c.command_tag not in ('CREATE TRIGGER', 'ALTER TRIGGER', 'CREATE POLICY', 'ALTER POLICY', 'COMMENT') limit 1;
  end if;
  if identity is not null then
    raise insufficient_privilege using
      message = pg_catalog.format('must be owner of %s', identity),
      hint = 'The schema belongs to the platform: only triggers, policies and references may be added to it.';
  end if;
end $$;
do $$ begin
  if not exists (select from pg_event_trigger where evtname = 'auth_guard_change') then
    create event trigger auth_guard_change on ddl_command_end execute function auth.guard_change();
  end if;
  if not exists (select from pg_event_trigger where evtname = 'auth_guard_drop') then
    create event trigger auth_guard_drop on sql_drop execute function auth.guard_change();
  end if;
end $$;
`;
