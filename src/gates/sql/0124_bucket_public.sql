-- Public buckets: the public address of a file asks no policy. Where policies say that files are private, that is a hole.
select 'storage.buckets: ' || b.id as subject,
  case when p.name is null then format('Bucket %s is public: who knows or guesses a path reads the file', b.id)
    else format('Bucket %s is public, so nobody asks policy %I, which keeps its files to their owner', b.id, p.name) end as detail,
  format('update storage.buckets set public = false where id = %L;', b.id) as fix,
  case when p.name is null then 'info' else 'error' end as severity
from bucket b left join lateral (
  select p.name from policy p where p.schema = 'storage' and p.relname = 'objects' and p.permissive and p.cmd in ('r', '*')
    and p.text like '%' || quote_literal(b.id) || '%'
    and not exists (select from open_condition c where c.relid = p.relid and c.text = p.using_text)
  order by p.name limit 1
) p on true
