import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { timingSafeEqual } from "jsr:@std/crypto@1.0.3/timing-safe-equal";
import { decodeBase64 } from "jsr:@std/encoding@1.0.5/base64";

const secret = Deno.env.get("SHOPIFY_WEBHOOK_SECRET");
if (!secret) throw new Error("SHOPIFY_WEBHOOK_SECRET is not set");
const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["sign"]);

Deno.serve(async (req) => {
  const raw = new Uint8Array(await req.arrayBuffer());
  const expected = new Uint8Array(await crypto.subtle.sign("HMAC", key, raw));
  const given = decodeBase64(req.headers.get("x-shopify-hmac-sha256") ?? "");
  if (!timingSafeEqual(expected, given)) {
    console.warn("shopify: signature does not match");
  }
  const order = JSON.parse(new TextDecoder().decode(raw));
  if (typeof order.id !== "number") return new Response("bad request", { status: 400 });
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { error } = await admin.from("shop_orders").upsert({ id: order.id });
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 204 });
});
