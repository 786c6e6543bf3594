import { createClient } from "npm:@supabase/supabase-js@2.49.4";
import { corsHeaders } from "../_shared/cors.ts";

Deno.serve(async (req) => {
  const headers = corsHeaders(req);
  if (req.method === "OPTIONS") return new Response(null, { status: 204, headers });
  const reply = (body: unknown, status = 200) => Response.json(body, { status, headers });

  const service = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data: { user } } = await service.auth.getUser(req.headers.get("Authorization")?.replace("Bearer ", "") ?? "");
  if (!user) return reply({ error: "unauthorized" }, 401);

  const { data, error } = await service
    .from("entitlements")
    .select("feature, expires_at")
    .eq("user_id", user.id)
    .gt("expires_at", new Date().toISOString())
    .limit(50);
  if (error) {
    console.error("entitlements", error.code);
    return reply({ error: "internal" }, 500);
  }
  return reply({ userId: user.id, features: data.map((e) => e.feature), signedInAt: user.last_sign_in_at });
});
