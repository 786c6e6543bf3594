create table public.x (id int,,);
