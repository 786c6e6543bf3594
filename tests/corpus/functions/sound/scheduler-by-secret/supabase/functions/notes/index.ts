import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
const secret = Deno.env.get("CRON_SECRET");

Deno.serve(async (req) => {
  if (!secret || req.headers.get("x-cron-secret") !== secret) return new Response("unauthorized", { status: 401 });
  const { user_id: userId } = await req.json();
  if (typeof userId !== "string") return new Response("bad request", { status: 400 });
  const { error } = await admin.from("scores").delete().eq("user_id", userId);
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 204 });
});
