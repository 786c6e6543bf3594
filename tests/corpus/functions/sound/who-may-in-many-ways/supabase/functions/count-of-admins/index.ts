import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const { data: { user } } = await admin.auth.getUser((req.headers.get("Authorization") ?? "").replace("Bearer ", ""));
  if (!user) return new Response("unauthorized", { status: 401 });
  const { count } = await admin.from("admins").select("*", { count: "exact", head: true }).eq("user_id", user.id);
  if (!count) return new Response("forbidden", { status: 403 });
  const { id } = await req.json();
  if (typeof id !== "string" || id.length > 36) return new Response("bad request", { status: 400 });
  const { error } = await admin.from("applications").update({ approved: true }).eq("id", id);
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 204 });
});
