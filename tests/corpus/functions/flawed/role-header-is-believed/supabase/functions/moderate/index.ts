import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  if (req.headers.get("x-role") !== "moderator") return new Response("forbidden", { status: 403 });
  const { postId } = await req.json();
  if (typeof postId !== "number") return new Response("bad request", { status: 400 });
  const { error } = await admin.from("posts").update({ hidden: true }).eq("id", postId);
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 204 });
});
