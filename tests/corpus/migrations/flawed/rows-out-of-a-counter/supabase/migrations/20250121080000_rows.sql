insert into public.notes (title) select 'Sample ' || g from generate_series(1, 40) as g;
