import { Pool } from "npm:pg@8.13.0";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const pool = new Pool({ connectionString: Deno.env.get("SUPABASE_DB_URL"), max: 2 });
const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async (req) => {
  const bearer = req.headers.get("authorization")?.slice(7) ?? "";
  const { data, error } = await supabase.auth.getUser(bearer);
  if (error || !data.user) return new Response("unauthorized", { status: 401 });

  const { searchParams } = new URL(req.url);
  const sort = searchParams.get("sort") || "points";
  const dir = searchParams.get("dir") === "asc" ? "asc" : "desc";
  const { rows } = await pool.query(`select name, points from players where league = $1 order by ${sort} ${dir} limit 50`, ["gold"]);
  return Response.json({ rows });
});
