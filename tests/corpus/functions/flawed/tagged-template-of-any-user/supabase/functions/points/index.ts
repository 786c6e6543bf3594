import { Pool } from "https://deno.land/x/postgres@v0.19.3/mod.ts";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const pool = new Pool(Deno.env.get("SUPABASE_DB_URL")!, 2, true);
const { auth } = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async (req) => {
  const { data: { user } } = await auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (!user) return new Response("unauthorized", { status: 401 });
  const userId = new URL(req.url).searchParams.get("user");
  if (!userId) return new Response("user is missing", { status: 400 });
  const db = await pool.connect();
  try {
    const { rows } = await db.queryObject<{ points: number }>`select points from scores where user_id = ${userId}`;
    return Response.json(rows);
  } finally {
    db.release();
  }
});
