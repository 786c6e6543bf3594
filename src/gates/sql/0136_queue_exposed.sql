-- Message queues (pgmq) without row level security while the API exposes pgmq_public.
select format('%I.%I', n.nspname, c.relname) as subject,
  format('Queue %I.%I has no row level security while pgmq_public is exposed', n.nspname, c.relname) as detail,
  format('alter table %I.%I enable row level security;', n.nspname, c.relname) as fix, 'error' as severity
from pg_class c join pg_namespace n on n.oid = c.relnamespace
where n.nspname = 'pgmq' and c.relkind in ('r', 'p') and c.relname ~ '^[qa]_' and not c.relrowsecurity and 'pgmq_public' = any ($1::text[])
