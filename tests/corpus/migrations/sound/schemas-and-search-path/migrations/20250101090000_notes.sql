create schema if not exists app;
set search_path = app, public;
create table items (id int primary key, name text);
create index items_name on items (name);
