import { createClient } from "https://esm.sh/@supabase/supabase-js@2.45.4";
import { isEmail } from "./email.ts";

const corsHeaders = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "authorization, x-client-info, apikey, content-type",
};

const send = (payload: unknown, status = 200) =>
  new Response(JSON.stringify(payload), {
    status,
    headers: { ...corsHeaders, "Content-Type": "application/json" },
  });

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response("ok", { headers: corsHeaders });

  const { email, redirectTo } = await req.json().catch(() => ({}));
  if (!isEmail(email)) return send({ error: "A valid email is required" }, 400);
  const target = redirectTo === "mobile" ? "plantmate://reset" : "https://plantmate.app/reset";

  const supabaseAdmin = createClient(
    Deno.env.get("SUPABASE_URL") ?? "",
    Deno.env.get("SUPABASE_SERVICE_ROLE_KEY") ?? "",
  );

  const { data, error } = await supabaseAdmin.auth.admin.generateLink({
    type: "recovery",
    email,
    options: { redirectTo: target },
  });
  if (error) {
    console.error("generateLink failed:", error.status, error.code);
    return send({ error: "Could not create a link" }, 500);
  }

  return send({ link: data.properties.action_link });
});
