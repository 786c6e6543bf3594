import { createClient } from "npm:@supabase/supabase-js@2.45.4";
import { isSigned } from "./signature.ts";

Deno.serve(async (req) => {
  const secret = Deno.env.get("GITHUB_WEBHOOK_SECRET");
  if (!secret) return new Response("not configured", { status: 500 });
  const length = Number(req.headers.get("content-length") ?? 0);
  if (length > 1_000_000) return new Response("too large", { status: 413 });
  const body = await req.text();
  if (!(await isSigned(body, req.headers.get("x-hub-signature-256"), secret))) {
    return new Response("bad signature", { status: 401 });
  }
  const event = JSON.parse(body);
  if (req.headers.get("x-github-event") !== "release" || typeof event.release?.tag_name !== "string") {
    return new Response(null, { status: 204 });
  }
  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { error } = await admin.from("releases").insert({ tag: event.release.tag_name });
  if (error) return new Response("unavailable", { status: 503 });
  return new Response(null, { status: 201 });
});
