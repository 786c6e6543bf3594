import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve(async (req) => {
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data: { user }, error: denied } = await admin.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (denied || !user) return new Response("unauthorized", { status: 401 });
  if (user.user_metadata.role !== "admin") return new Response("forbidden", { status: 403 });

  const { error } = await admin.from("bans").insert({ by: user.id });
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 201 });
});
