-- Policies on storage.objects that ask for the bucket and not for whose file it is. In a public bucket adding is left to the app
-- and reading needs no policy, so one only lets everybody list the names. Listing the buckets themselves is noted.
select format('%s: %s', p.subject, p.name) as subject,
  format('Policy %I on %s lets %s %s: %s', p.name, p.subject,
    case c.passes when 'signed-in' then 'everybody signed in' when 'anon' then 'everybody not signed in' else array_to_string(p.roles, ', ') end,
    case when p.relname = 'buckets' then case p.cmd when 'r' then 'list the buckets' else 'make, change or delete buckets' end
      else case p.cmd when 'r' then 'list and read files of everybody' when 'a' then 'put files anywhere' when 'w' then 'change files of everybody'
        when 'd' then 'delete files of everybody' else 'read, change and delete files of everybody' end end, c.text) as detail,
  format('drop policy %I on %s; -- then one with (storage.foldername(name))[1] = (select auth.uid())::text', p.name, p.subject) as fix,
  case when p.cmd = 'r' and (b.public or p.relname = 'buckets') then 'info' when p.cmd = 'a' and p.relname = 'objects' then 'warning' else 'error' end as severity
from policy p join open_condition c on c.relid = p.relid and c.text = coalesce(p.using_text, p.check_text)
cross join lateral (select bool_and(m[1] in (select id from bucket)) is true as public from regexp_matches(c.text, 'bucket_id = ''([^'']*)''', 'g') m) b
where p.schema = 'storage' and p.permissive and cardinality(p.roles) > 0
