import { Pool } from "https://deno.land/x/postgres@v0.19.3/mod.ts";

const pool = new Pool(Deno.env.get("SUPABASE_DB_URL"), 1);

Deno.serve(async (req) => {
  const title = new URL(req.url).searchParams.get("title") ?? "";
  const db = await pool.connect();
  const found = await db.queryObject(`select id from notes where title = '${title}'`);
  return Response.json({ count: found.rowCount });
});
