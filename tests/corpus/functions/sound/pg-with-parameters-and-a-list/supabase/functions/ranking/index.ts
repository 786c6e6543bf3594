import pg from "npm:pg@8.13.0";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const pool = new pg.Pool({ connectionString: Deno.env.get("SUPABASE_DB_URL"), max: 1, statement_timeout: 5_000 });
const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

const columns: Record<string, string> = { points: "points", name: "display_name", joined: "created_at" };

Deno.serve(async (req) => {
  const { data, error } = await supabase.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (error || !data.user) return new Response("unauthorized", { status: 401 });

  const asked = new URL(req.url).searchParams.get("sort") ?? "points";
  const column = columns[asked];
  if (!column) return Response.json({ error: "sort is one of points, name, joined" }, { status: 400 });

  const client = await pool.connect();
  try {
    const { rows } = await client.query(
      `select display_name, points from players where team = (select team from players where user_id = $1) order by ${column} limit 50`,
      [data.user.id],
    );
    return Response.json({ rows });
  } catch (e) {
    console.error("ranking", e instanceof Error ? e.name : "unknown");
    return new Response("unavailable", { status: 503 });
  } finally {
    client.release();
  }
});
