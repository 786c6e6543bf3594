import { jwtDecode } from "npm:jwt-decode@4.0.0";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

Deno.serve(async (req) => {
  const [scheme, token] = (req.headers.get("Authorization") ?? "").split(" ");
  if (scheme !== "Bearer" || !token) return new Response("unauthorized", { status: 401 });
  const { sub, exp } = jwtDecode(token);
  if (!sub || !exp || exp * 1000 < Date.now()) return new Response("unauthorized", { status: 401 });
  const { data, error } = await supabase.from("profiles").select("*").eq("id", sub).single();
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json(data);
});
