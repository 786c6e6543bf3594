-- Functions with the caller's rights and the caller's search_path. Parsed bodies (begin atomic) have theirs fixed.
select f.subject, format('%s resolves names by the search_path of whoever calls it', f.subject) as detail,
  format('alter %s %s set search_path = ''''; -- and write public.… in its body', f.word, f.subject) as fix,
  'info' as severity
from routine f
where not f.definer and not f.parsed and f.path is null and f.language in ('sql', 'plpgsql')
