import type { TargetState } from "../../audit/migrations/world.ts";
import type { Target } from "../target.ts";

const rowsSql = `
  select n.nspname || '.' || c.relname as name, greatest(c.reltuples, 0)::float8 as rows
  from pg_class c join pg_namespace n on n.oid = c.relnamespace
  where c.relkind in ('r', 'p', 'm') and n.nspname !~ '^pg_' and n.nspname <> 'information_schema'`;

const settingsSql = `
  select split_part(setting, '=', 1) as name
  from pg_db_role_setting, unnest(setconfig) as setting
  where setdatabase in (0, (select oid from pg_database where datname = current_database()))`;

const extensionsSql = "select name, installed_version is not null as installed from pg_available_extensions";

/** What of the target weighs on findings. Reads only. */
export async function readTargetState({ ports }: Target): Promise<TargetState> {
  const { database, migrations } = ports;
  const [history, rows, extensions, settings] = await Promise.all([
    migrations.readHistory(),
    database.query<{ name: string; rows: number }>(rowsSql),
    database.query<{ name: string; installed: boolean }>(extensionsSql),
    database.query<{ name: string }>(settingsSql),
  ]);
  return {
    applied: new Set(history.map(({ version }) => version)),
    rows: new Map(rows.map(({ name, rows: count }) => [name, count])),
    extensions: new Set(extensions.map(({ name }) => name)),
    installed: new Set(extensions.filter(({ installed }) => installed).map(({ name }) => name)),
    settings: new Set(settings.map(({ name }) => name)),
  };
}
