import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!);

Deno.serve(async () => {
  const { data: { session } } = await client.auth.getSession();
  if (!session) return new Response("unauthorized", { status: 401 });
  const { data, error } = await admin.from("orders").select("id").eq("user_id", session.user.id);
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(data);
});
