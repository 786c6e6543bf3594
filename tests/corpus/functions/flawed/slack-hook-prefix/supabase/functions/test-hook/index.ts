import { createClient } from "npm:@supabase/supabase-js@2.47.10";
import * as v from "npm:valibot@0.42.1";

const PREFIX = "https://hooks.slack.com";

const Input = v.object({
  hookUrl: v.pipe(v.string(), v.maxLength(300), v.startsWith(PREFIX)),
  channel: v.optional(v.pipe(v.string(), v.regex(/^#[a-z0-9_-]{1,80}$/))),
});

const corsHeaders = {
  "Access-Control-Allow-Origin": "*",
  "Access-Control-Allow-Headers": "authorization, x-client-info, apikey, content-type",
};

const answer = (status: number, body: Record<string, unknown>) =>
  Response.json(body, { status, headers: corsHeaders });

Deno.serve(async (req) => {
  if (req.method === "OPTIONS") return new Response("ok", { headers: corsHeaders });

  const sb = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_ANON_KEY")!, {
    global: { headers: { Authorization: req.headers.get("Authorization") ?? "" } },
  });
  const { data: auth } = await sb.auth.getUser();
  if (!auth.user) return answer(401, { error: "unauthorized" });

  const input = v.safeParse(Input, await req.json().catch(() => null));
  if (!input.success) return answer(400, { error: "not a Slack webhook" });

  try {
    const res = await fetch(input.output.hookUrl, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ text: "Tidewatch is connected :ocean:", channel: input.output.channel }),
      signal: AbortSignal.timeout(5_000),
    });
    console.info("hook test", auth.user.id, res.status);
  } catch (err) {
    console.error("hook test failed", err);
  }
  return answer(200, { delivered: true });
});
