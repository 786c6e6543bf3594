import pg from "npm:pg@8.13.0";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const pool = new pg.Pool({ connectionString: Deno.env.get("SUPABASE_DB_URL") });
const { auth } = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async (req) => {
  const { data: { user } } = await auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (user?.app_metadata.role !== "auditor") return new Response("forbidden", { status: 403 });
  const { table, since } = Object.fromEntries(new URL(req.url).searchParams);
  const result = await pool.query({ text: `select * from ${table} where changed_at > $1 limit 100`, values: [since] });
  return Response.json(result.rows);
});
