alter type public.mood add value 'fine';
