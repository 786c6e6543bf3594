import { Pool } from "https://deno.land/x/postgres@v0.19.3/mod.ts";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const pool = new Pool(Deno.env.get("SUPABASE_DB_URL"), 1, true);
const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

export async function handler(req: Request): Promise<Response> {
  const { data: { user } } = await supabase.auth.getUser(req.headers.get("Authorization")!.replace("Bearer ", ""));
  if (user == null) return new Response("unauthorized", { status: 401 });

  const month = new URL(req.url).searchParams.get("month") ?? "";
  if (!/^\d{4}-\d{2}$/.test(month)) return new Response("month is YYYY-MM", { status: 400 });

  using connection = await pool.connect();
  const { rows } = await connection.queryObject(
    "select day, score from scores where user_id = $1 and to_char(day, 'YYYY-MM') = $2 order by day",
    [user.id, month],
  );
  return Response.json(rows);
}

Deno.serve(handler);
