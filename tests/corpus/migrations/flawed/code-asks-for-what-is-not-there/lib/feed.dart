final rows = await Supabase.instance.client
    .from('notes')
    .select('id, tags')
    .order('updated_at');
await client.from('notez').stream(primaryKey: ['id']);
