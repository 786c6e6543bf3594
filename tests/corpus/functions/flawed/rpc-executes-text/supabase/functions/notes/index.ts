import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const token = (req.headers.get("authorization") ?? "").replace("Bearer ", "");
  const { data: { user }, error: denied } = await admin.auth.getUser(token);
  if (denied || !user) return new Response("unauthorized", { status: 401 });
  const { table } = await req.json();
  if (typeof table !== "string") return new Response("bad request", { status: 400 });
  const { data, error } = await admin.rpc("exec_sql", { sql: "select count(*) from " + table });
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(data);
});
