import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { encodeHex } from "jsr:@std/encoding@1.0.5/hex";

const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);

async function accountOf(apiKey: string): Promise<string | null> {
  const hash = encodeHex(await crypto.subtle.digest("SHA-256", new TextEncoder().encode(apiKey)));
  const { data, error } = await admin.from("api_keys").select("account_id").eq("key_hash", hash).is("revoked_at", null).maybeSingle();
  if (error || !data) return null;
  return data.account_id;
}

Deno.serve(async (req) => {
  const apiKey = req.headers.get("x-api-key");
  if (!apiKey) return Response.json({ error: "x-api-key is missing" }, { status: 401 });
  const account = await accountOf(apiKey);
  if (account === null) return Response.json({ error: "unknown key" }, { status: 401 });
  const { data, error } = await admin.from("usage").select("day, calls").eq("account_id", account).limit(31);
  if (error) return Response.json({ error: "unavailable" }, { status: 503 });
  return Response.json({ usage: data });
});
