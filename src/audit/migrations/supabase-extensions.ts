/** Extensions of hosted projects (dashboard, Database → Extensions; supabase/postgres image, Postgres 15 and 17). */
export const supabaseExtensions: readonly string[] = (
  "address_standardizer address_standardizer_data_us amcheck autoinc bloom btree_gin btree_gist citext cube dblink " +
  "dict_int dict_xsyn earthdistance file_fdw fuzzystrmatch hstore http hypopg index_advisor insert_username intagg " +
  "intarray isn lo ltree moddatetime old_snapshot pageinspect pg_buffercache pg_cron pg_freespacemap pg_graphql " +
  "pg_hashids pg_jsonschema pg_net pg_partman pg_prewarm pg_repack pg_stat_monitor pg_stat_statements pg_surgery " +
  "pg_tle pg_trgm pg_visibility pg_walinspect pgaudit pgcrypto pgjwt pgmq pgroonga pgroonga_database pgrouting " +
  "pgrowlocks pgsodium pgstattuple pgtap plcoffee pljava plls plpgsql plpgsql_check plv8 postgis postgis_raster " +
  "postgis_sfcgal postgis_tiger_geocoder postgis_topology postgres_fdw refint rum seg sslinfo supabase_vault " +
  "supautils tablefunc tcn timescaledb tsm_system_rows tsm_system_time unaccent uuid-ossp vector wrappers xml2"
).split(" ");

/** Not offered any more from Postgres 17 on (docs: Upgrading, deprecated extensions). */
const goneWith17: readonly string[] = ["plcoffee", "pljava", "plls", "plv8", "timescaledb"];

/** `publisher-name` comes from the package registry database.dev through pg_tle. */
export function isOnSupabase(name: string, postgresMajor: number): boolean {
  if (postgresMajor >= 17 && goneWith17.includes(name)) return false;
  return supabaseExtensions.includes(name) || /^[a-z0-9_]+[-@][a-z0-9_]+$/.test(name);
}
