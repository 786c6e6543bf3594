import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const FCM_BASE = "https://fcm.googleapis.com";
const FCM_ENDPOINT = `${FCM_BASE}/fcm/send`;

Deno.serve(async (req) => {
  const serverKey = Deno.env.get("PUSH_KEY");
  if (!serverKey) return new Response("not configured", { status: 500 });
  const client = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  const { data, error } = await client.from("devices").select("token").limit(1).single();
  if (error) return new Response("unavailable", { status: 503 });
  const res = await fetch(FCM_ENDPOINT, {
    method: "POST",
    headers: { Authorization: "key=" + serverKey, "Content-Type": "application/json" },
    body: JSON.stringify({ to: data.token, notification: { title: "Hello" } }),
    signal: AbortSignal.timeout(5_000),
  });
  return new Response(null, { status: res.ok ? 204 : 502 });
});
