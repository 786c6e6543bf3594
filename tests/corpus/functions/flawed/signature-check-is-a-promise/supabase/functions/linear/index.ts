import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const secret = Deno.env.get("LINEAR_SECRET");
if (!secret) throw new Error("LINEAR_SECRET is not set");

async function isValid(body: string, signature: string): Promise<boolean> {
  const key = await crypto.subtle.importKey("raw", new TextEncoder().encode(secret), { name: "HMAC", hash: "SHA-256" }, false, ["verify"]);
  const bytes = Uint8Array.from(signature.match(/../g) ?? [], (pair) => parseInt(pair, 16));
  return await crypto.subtle.verify("HMAC", key, bytes, new TextEncoder().encode(body));
}

Deno.serve(async (req) => {
  const body = await req.text();
  if (!isValid(body, req.headers.get("linear-signature") ?? "")) return new Response("forbidden", { status: 403 });
  const { action, data } = JSON.parse(body);
  if (action !== "remove" || typeof data?.id !== "string") return new Response(null, { status: 204 });
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { error } = await admin.from("issues").delete().eq("id", data.id);
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 204 });
});
