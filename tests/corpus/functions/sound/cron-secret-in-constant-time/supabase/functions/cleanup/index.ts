import { timingSafeEqual } from "node:crypto";
import { Buffer } from "node:buffer";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const secret = Deno.env.get("CRON_SECRET");
if (secret === undefined || secret.length < 32) throw new Error("CRON_SECRET is not set or too short");
const expected = Buffer.from(secret);

function fromScheduler(req: Request): boolean {
  const given = Buffer.from(req.headers.get("x-cron-secret") ?? "");
  return given.length === expected.length && timingSafeEqual(given, expected);
}

Deno.serve(async (req) => {
  if (!fromScheduler(req)) return new Response("forbidden", { status: 403 });
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const before = new Date(Date.now() - 30 * 86_400_000).toISOString();
  const { count, error } = await admin.from("audit_log").delete({ count: "exact" }).lt("created_at", before);
  if (error) {
    console.error("cleanup", error.code);
    return new Response("unavailable", { status: 503 });
  }
  console.log("cleanup: rows removed", count);
  return Response.json({ removed: count });
});
