import postgres from "npm:postgres@3.4.4";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const dbUrl = Deno.env.get("SUPABASE_DB_URL")!;
const sql = postgres(dbUrl, { prepare: false });

Deno.serve(async (req) => {
  const auth = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);
  const { data: { user } } = await auth.auth.getUser(req.headers.get("authorization")?.replace("Bearer ", ""));
  if (!user) return new Response("unauthorized", { status: 401 });

  const q = new URL(req.url).searchParams.get("q") ?? "";
  if (q.length > 80) return new Response("too long", { status: 400 });
  const query = "select id, title from articles where published and title ilike '%" + q + "%' limit 20";
  const rows = await sql.unsafe(query);
  return Response.json(rows);
});
