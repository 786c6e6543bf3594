import { Webhook } from "https://esm.sh/standardwebhooks@1.0.0";
import * as v from "npm:valibot@0.42.1";
import { createClient } from "npm:@supabase/supabase-js@2.45.4";

const Payload = v.object({
  user: v.object({ id: v.pipe(v.string(), v.uuid()), email: v.pipe(v.string(), v.email(), v.maxLength(320)) }),
  email_data: v.object({ token: v.string(), email_action_type: v.picklist(["signup", "recovery"]) }),
});

Deno.serve(async (req) => {
  if (req.method !== "POST") return new Response("not allowed", { status: 405 });
  const secret = Deno.env.get("SEND_EMAIL_HOOK_SECRET");
  if (!secret) return new Response("not configured", { status: 500 });

  const payload = await req.text();
  const headers = Object.fromEntries(req.headers);
  const wh = new Webhook(secret.replace("v1,whsec_", ""));
  let verified: unknown;
  try {
    verified = wh.verify(payload, headers);
  } catch {
    return new Response("bad signature", { status: 401 });
  }
  const parsed = v.safeParse(Payload, verified);
  if (!parsed.success) return new Response("bad request", { status: 400 });

  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { error } = await admin.from("mail_queue").insert({
    user_id: parsed.output.user.id,
    kind: parsed.output.email_data.email_action_type,
  });
  if (error) return new Response("unavailable", { status: 503 });
  return Response.json({});
});
