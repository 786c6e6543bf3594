import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve(async (req: Request) => {
  const supabaseAdmin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data: claims, error: denied } = await supabaseAdmin.auth.getClaims(req.headers.get("authorization")?.slice(7));
  if (denied || !claims) return new Response("unauthorized", { status: 401 });

  const { uid, password } = await req.json();
  if (typeof uid !== "string" || typeof password !== "string" || password.length < 12 || password.length > 72) {
    return new Response("bad request", { status: 400 });
  }
  const { error } = await supabaseAdmin.auth.admin.updateUserById(uid, { password });
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 204 });
});
