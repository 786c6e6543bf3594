import { Pool } from "https://deno.land/x/postgres@v0.19.3/mod.ts";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const { auth } = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
const pool = new Pool(Deno.env.get("SUPABASE_DB_URL"), 1);

Deno.serve(async (req) => {
  const { data: { user } } = await auth.getUser((req.headers.get("authorization") ?? "").slice(7));
  if (!user) return new Response("unauthorized", { status: 401 });
  const title = new URL(req.url).searchParams.get("title") ?? "";
  const db = await pool.connect();
  const found = await db.queryObject`select id from notes where title = ${title}`;
  const counted = await db.queryObject("select count(*) from notes where title = $1", [title]);
  return Response.json({ found: found.rowCount, counted: counted.rowCount });
});
