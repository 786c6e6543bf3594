import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { Authenticator, Refused } from "./authenticator.ts";

const url = Deno.env.get("SUPABASE_URL")!;
const authenticator = new Authenticator(url);
const admin = createClient(url, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
const platforms = new Set(["android", "ios", "web"]);

async function register(req: Request): Promise<Response> {
  const { sub } = await authenticator.identify(req);
  const body: unknown = await req.json().catch(() => null);
  if (typeof body !== "object" || body === null) return new Response("bad request", { status: 400 });
  const { platform, token } = body as Record<string, unknown>;
  if (typeof platform !== "string" || !platforms.has(platform)) return new Response("unknown platform", { status: 400 });
  if (typeof token !== "string" || token.length === 0 || token.length > 4096) return new Response("bad token", { status: 400 });
  const { error } = await admin.from("devices").upsert({ user_id: sub, platform, token }, { onConflict: "user_id,platform" });
  if (error) {
    console.error("devices", error.code);
    return new Response("unavailable", { status: 503 });
  }
  return new Response(null, { status: 204 });
}

Deno.serve(async (req) => {
  try {
    return await register(req);
  } catch (error) {
    if (error instanceof Refused) return new Response(null, { status: error.status });
    console.error("devices", error instanceof Error ? error.name : "unknown");
    return new Response("internal", { status: 500 });
  }
});
