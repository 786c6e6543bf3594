-- Functions that run with their owner's rights and find tables and functions by the caller's search_path:
-- who can put an object before the meant one runs as the owner. A path pinned without pg_temp last is noted.
select f.subject,
  case when f.path is null then format('%s runs as %s by the search_path of whoever calls it', f.subject, pg_get_userbyid(f.owner))
    else format('%s runs as %s by search_path %s, which temporary tables come before', f.subject, pg_get_userbyid(f.owner), f.path) end as detail,
  format('alter %s %s set search_path = ''''; -- and write public.… in its body', f.word, f.subject) as fix,
  case when f.path is null then 'warning' else 'info' end as severity
from routine f
where f.definer and not f.parsed
  and (f.path is null or (f.path not in ('', '""') and f.path !~* 'pg_temp"?\s*$'))
