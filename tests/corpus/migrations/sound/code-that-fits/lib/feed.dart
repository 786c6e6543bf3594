final rows = await client.from('notes').select('id, title').eq('author', id).maybeSingle();
await client.from('notes').insert({'id': id, 'author': user, 'title': heading});
client.from('notes').stream(primaryKey: ['id']).eq('author', user).listen((rows) {});
await client.rpc('count_notes', params: {'author': id});
