create schema app;
create table app.notes (id uuid primary key, author uuid);
create policy own on app.notes using (author = auth.uid());
