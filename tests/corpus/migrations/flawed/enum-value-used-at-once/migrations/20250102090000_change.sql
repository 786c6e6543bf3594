alter type public.mood add value 'fine';
update public.days set mood = 'fine' where id = 1;
