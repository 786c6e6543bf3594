import { Hono } from "npm:hono@4.6.3";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const app = new Hono().basePath("/notes-api");

app.onError((err, c) => c.json({ error: err.message }, 500));
app.get("/notes", async (c) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: c.req.header("Authorization") ?? "" } },
  });
  const { data } = await supabase.from("notes").select("id, body").limit(20).throwOnError();
  return c.json(data);
});

Deno.serve(app.fetch);
