import twilio from "npm:twilio@5.3.3";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

Deno.serve(async (req) => {
  const authToken = Deno.env.get("TWILIO_AUTH_TOKEN");
  if (!authToken) return new Response("not configured", { status: 500 });
  const params = Object.fromEntries(new URLSearchParams(await req.text()));
  const signature = req.headers.get("x-twilio-signature") ?? "";
  if (!twilio.validateRequest(authToken, signature, "https://app.example.org/functions/v1/sms", params)) {
    return new Response("forbidden", { status: 403 });
  }
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { error } = await admin.from("sms_replies").insert({ sid: String(params.MessageSid).slice(0, 40) });
  if (error) return new Response("unavailable", { status: 503 });
  return new Response("<Response/>", { headers: { "content-type": "text/xml" } });
});
