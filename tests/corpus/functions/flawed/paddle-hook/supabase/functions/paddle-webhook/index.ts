import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { verifySignature } from "../_shared/hmac.ts";

interface PaddleEvent {
  event_type: string;
  data: { id: string; status: string; customer_id: string };
}

function isEvent(v: unknown): v is PaddleEvent {
  const e = v as PaddleEvent;
  return !!e && typeof e.event_type === "string" && typeof e.data?.id === "string" &&
    typeof e.data.status === "string" && typeof e.data.customer_id === "string";
}

Deno.serve(async (req) => {
  if (req.method !== "POST") return new Response(null, { status: 405 });

  const raw = await req.text();
  const ok = await verifySignature(raw, req.headers.get("paddle-signature"));
  if (!ok) return new Response("invalid signature", { status: 401 });

  const event: unknown = JSON.parse(raw);
  if (!isEvent(event)) return new Response("unexpected payload", { status: 422 });
  if (!event.event_type.startsWith("subscription.")) return new Response(null, { status: 204 });

  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { error } = await db.from("subscriptions").upsert({
    id: event.data.id,
    status: event.data.status,
    paddle_customer: event.data.customer_id,
    updated_at: new Date().toISOString(),
  });
  if (error) {
    console.error("paddle upsert", error.code);
    return new Response("retry", { status: 500 });
  }
  return new Response(null, { status: 204 });
});
