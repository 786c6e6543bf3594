import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  if (!req.headers.get("authorization")) return new Response("unauthorized", { status: 401 });
  const { data, error } = await admin.rpc("totals");
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(data);
});
