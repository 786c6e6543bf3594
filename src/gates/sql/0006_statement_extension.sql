-- Where pg_stat_statements is, and whether the server loads it: without that it cannot be read.
select
  (select quote_ident(n.nspname) from pg_extension e join pg_namespace n on n.oid = e.extnamespace
   where e.extname = 'pg_stat_statements') as schema,
  (select count(*)::int from pg_settings where name = 'pg_stat_statements.max') as loaded,
  now() as now
