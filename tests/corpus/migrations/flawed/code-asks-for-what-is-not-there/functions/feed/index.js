await client.from("note").select("id");
await client.from("notes").select("id, titel, when:created_at").eq("author_id", 1);
await client.from("notes").insert({ id, author: user, body: text });
await client.rpc("count_note", { author: user });
await client.rpc("count_notes", { user });
