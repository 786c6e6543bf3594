import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const { data: { user } } = await admin.auth.getUser((req.headers.get("Authorization") ?? "").replace("Bearer ", ""));
  if (!user) return new Response("unauthorized", { status: 401 });
  const { data: profile } = await admin.from("profiles").select("id, org_id").eq("auth_user_id", user.id).single();
  if (!profile) return new Response("not found", { status: 404 });
  const { movieId } = await req.json();
  if (typeof movieId !== "string" || movieId.length > 36) return new Response("bad request", { status: 400 });
  const { data: movie } = await admin.from("movies").select("org_id").eq("id", movieId).single();
  if (movie?.org_id !== profile.org_id) return new Response("forbidden", { status: 403 });
  const { error } = await admin.from("movies").delete().eq("id", movieId);
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 204 });
});
