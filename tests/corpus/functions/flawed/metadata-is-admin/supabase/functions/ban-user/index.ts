import { createClient } from "https://esm.sh/@supabase/supabase-js@2.45.4";

const corsHeaders = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "authorization, x-client-info, apikey, content-type",
};

const json = (status: number, body: unknown) =>
  new Response(JSON.stringify(body), {
    status,
    headers: { ...corsHeaders, "Content-Type": "application/json" },
  });

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response("ok", { headers: corsHeaders });

  const admin = createClient(
    Deno.env.get("SUPABASE_URL")!,
    Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!,
  );

  const token = req.headers.get("Authorization")?.replace("Bearer ", "") ?? "";
  const { data: { user }, error: authError } = await admin.auth.getUser(token);
  if (authError || !user) return json(401, { error: "Unauthorized" });

  const isAdmin = user.user_metadata?.role === "admin";
  if (!isAdmin) return json(403, { error: "Admins only" });

  const { targetId, hours } = await req.json();

  const { error } = await admin.auth.admin.updateUserById(targetId, { ban_duration: `${hours}h` });
  if (error) {
    console.error("ban failed", error.status, error.code);
    return json(500, { error: "The user could not be banned" });
  }

  await admin.from("moderation_log").insert({ actor: user.id, target: targetId, action: "ban", hours });
  return json(200, { banned: targetId, hours });
});
