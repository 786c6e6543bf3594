-- Functions that run with their owner's rights, called by anybody through the API. Without a word about who the caller is,
-- what they read or write is everybody's. Those that do ask are noted: whether they ask rightly is what a probe shows.
select f.subject,
  case when i.oid is null
    then format('%s runs as %s, %s may call it, and it never asks who is calling', f.subject, pg_get_userbyid(f.owner), array_to_string(f.callers, ', '))
    else format('%s runs as %s and %s may call it; it asks who is calling', f.subject, pg_get_userbyid(f.owner), array_to_string(f.callers, ', '))
  end as detail,
  format('revoke execute on %s %s from public, anon, authenticated; -- or security invoker, or compare with auth.uid()', f.word, f.subject) as fix,
  case when i.oid is null and f.touches then 'error' else 'info' end as severity
from (
  select r.*, r.body ~* '\mexecute\M' or exists (
    select from relation t where t.kind in ('r', 'p', 'm') and not t.declared
      and r.body ~* ('(?<!\w)' || regexp_replace(t.name, '(\W)', '\\\1', 'g') || '(?!\w)')
  ) or r.body ~* '\m(auth|storage|vault|net|cron)\s*\.\s*"?\w+' as touches
  from routine r where r.exposed and r.definer and not r.is_trigger and cardinality(r.callers) > 0
) f left join identifies i on i.oid = f.oid
