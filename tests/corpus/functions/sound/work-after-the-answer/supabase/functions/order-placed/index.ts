import { createClient } from "npm:@supabase/supabase-js@2.45.4";

declare const EdgeRuntime: { waitUntil(promise: Promise<unknown>): void };

async function notify(orderId: string): Promise<void> {
  const res = await fetch("https://hooks.example.org/orders", {
    method: "POST",
    body: JSON.stringify({ orderId }),
    signal: AbortSignal.timeout(5_000),
  });
  if (!res.ok) console.error("order-placed: hook answered", res.status);
}

Deno.serve(async (req) => {
  const supabase = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization")! } },
  });
  const { order_id: orderId } = await req.json();
  if (typeof orderId !== "string" || orderId.length > 36) return new Response("bad request", { status: 400 });
  const { data, error } = await supabase.from("orders").update({ state: "placed" }).eq("id", orderId).select("id").maybeSingle();
  if (error) return new Response("unavailable", { status: 503 });
  if (!data) return new Response("not found", { status: 404 });
  EdgeRuntime.waitUntil(notify(data.id));
  return new Response(null, { status: 202 });
});
