import { createClient } from "npm:@supabase/supabase-js@2.45.4";
const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const { error } = await admin.from("visits").insert({ at: new Date().toISOString() });
  if (error) return new Response("unavailable", { status: 503 });
  const token = (req.headers.get("authorization") ?? "").replace("Bearer ", "");
  const { data: { user }, error: denied } = await admin.auth.getUser(token);
  if (denied || !user) return new Response("unauthorized", { status: 401 });
  return Response.json({ id: user.id });
});
