import { createClient } from "https://esm.sh/@supabase/supabase-js@2.45.4";
import { corsFor, preflight } from "../_shared/cors.ts";

const UUID = /^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$/i;

interface Line {
  sku: string;
  quantity: number;
  unit_price: number;
}

const total = (lines: Line[]) => lines.reduce((sum, l) => sum + l.quantity * l.unit_price, 0);

Deno.serve(async (req) => {
  const early = preflight(req);
  if (early) return early;

  const headers = { ...corsFor(req), "Content-Type": "application/json" };
  const reply = (payload: unknown, status = 200) =>
    new Response(JSON.stringify(payload), { status, headers });

  const body = await req.json().catch(() => null);
  const cartId = body?.cartId;
  if (typeof cartId !== "string" || !UUID.test(cartId)) {
    return reply({ error: "cartId must be a uuid" }, 400);
  }

  const supabase = createClient(
    Deno.env.get("SUPABASE_URL")!,
    Deno.env.get("SUPABASE_ANON_KEY")!,
    { global: { headers: { Authorization: req.headers.get("Authorization") ?? "" } } },
  );

  const { data, error } = await supabase
    .from("cart_lines")
    .select("sku, quantity, unit_price")
    .eq("cart_id", cartId)
    .limit(200);

  if (error) {
    console.error("cart_lines", error);
    return reply({ error: error.message, hint: error.hint }, 500);
  }

  return reply({ cartId, lines: data, total: total(data as Line[]) });
});
