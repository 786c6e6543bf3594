create view public.feed with (security_invoker = true) as select id from public.notes;
