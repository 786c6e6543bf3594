import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const { data: { user } } = await admin.auth.getUser(req.headers.get("authorization")?.slice(7) ?? "");
  if (!user) return new Response("unauthorized", { status: 401 });
  const { ownerId, points } = await req.json().catch(() => ({ ownerId: null, points: 0 }));
  if (typeof ownerId !== "string" || typeof points !== "number") return new Response("bad request", { status: 400 });
  const { error } = await admin.from("points").update({ points }).eq("owner_id", ownerId);
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 204 });
});
