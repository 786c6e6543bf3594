create index notes_plain on public.notes (lower(title)) where similarity(title, 'draft') < 0.5;
select cron.schedule('sweep', '0 3 * * *', 'delete from public.notes where title is null');
