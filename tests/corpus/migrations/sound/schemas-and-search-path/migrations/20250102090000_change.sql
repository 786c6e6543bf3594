create index concurrently items_id_name on app.items (id, name);
