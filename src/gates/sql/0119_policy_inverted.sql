-- Policies that let in everybody but the owner.
select format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I on %s holds for the rows of everybody but the caller: %s', p.name, p.subject, coalesce(p.using_text, p.check_text)) as detail,
  format('drop policy %I on %s; -- then the same with = instead of <>', p.name, p.subject) as fix,
  'error' as severity
from policy p join own_column w on w.relid = p.relid
where p.permissive and cardinality(p.roles) > 0 and p.rls
  and p.text ~ ('(?<!\w)uid\(\)( AS uid\))?\)?(?:::\w+)? (<>|IS DISTINCT FROM) \(?' || regexp_replace(w.name, '(\W)', '\\\1', 'g')
    || '(?!\w)|(?<!\w)' || regexp_replace(w.name, '(\W)', '\\\1', 'g') || '"?\)?(?:::\w+)? (<>|IS DISTINCT FROM) \(? ?(SELECT )?(auth\.)?uid\(')
