// await client.from("gone").select("x")
log(Array.from("notes"));
await client.storage.from("avatars").list();
const list = `id, heading:title, ${extra}`;
await client.from("notes").select(list).eq("author", id).order("created_at", { ascending: false });
await client.from("notes").select("id, title::text, author(email), count()").filter("title", "ilike", "x");
await client.from("notes").upsert([{ id, author, title }], { onConflict: "id" });
await client.from(table).select("anything");
await client.rpc("count_notes", { author: id });
await client.schema("other").from("things").select("x");
knex.from("elsewhere").where("a", 1);
