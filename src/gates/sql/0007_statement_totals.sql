-- What each statement of the API's roles took since the counters began. Roles are those that PostgREST may become:
-- bee itself and the platform's own services log in as others. What only frames a request is left out.
-- Since extension version 1.9 (Postgres 14); $schema is filled in.
select
  (select stats_reset from $schema.pg_stat_statements_info) as since,
  (select dealloc::float8 from $schema.pg_stat_statements_info) as evicted,
  coalesce(jsonb_agg(
    jsonb_build_object(
      'key', concat(s.queryid, ':', r.rolname), 'role', r.rolname, 'query', left(s.query, 500), 'calls', s.calls,
      'totalMs', s.total_exec_time,
      'squares', s.calls * (s.stddev_exec_time * s.stddev_exec_time + s.mean_exec_time * s.mean_exec_time),
      'maxMs', s.max_exec_time, 'rows', s.rows, 'hit', s.shared_blks_hit, 'read', s.shared_blks_read
    )
  ), '[]') as entries
from $schema.pg_stat_statements as s
join pg_roles as r on r.oid = s.userid
where s.toplevel
  and s.dbid = (select oid from pg_database where datname = current_database())
  and s.userid in (
    select m.roleid from pg_auth_members as m join pg_roles as a on a.oid = m.member where a.rolname = 'authenticator'
  )
  and s.query !~* '^\s*(begin|start|commit|end|rollback|abort|savepoint|release|set|reset|show|discard|explain|listen|notify|deallocate)\M'
  and s.query !~* '\mset_config\s*\('
