insert into storage.buckets (id, name, public) values ('avatars', 'avatars', true) on conflict (id) do nothing;

create policy "Anyone can upload an avatar" on storage.objects for insert with check (bucket_id = 'avatars');
create policy "Anyone can change anything" on storage.objects for update using (true);
