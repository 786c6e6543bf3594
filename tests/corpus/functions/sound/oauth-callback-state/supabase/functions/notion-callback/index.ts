import { createClient } from "@supabase/supabase-js";
import { z } from "zod";
import { redeem } from "./notion.ts";

const Callback = z.object({ code: z.string().uuid(), state: z.string().regex(/^[A-Za-z0-9_-]{43}$/) });
const DONE = "https://app.plotline.so/settings/integrations";

async function sha256(value: string): Promise<string> {
  const digest = await crypto.subtle.digest("SHA-256", new TextEncoder().encode(value));
  return Array.from(new Uint8Array(digest)).map((b) => b.toString(16).padStart(2, "0")).join("");
}

Deno.serve(async (req) => {
  const callback = Callback.safeParse(Object.fromEntries(new URL(req.url).searchParams));
  if (!callback.success) return new Response("Bad callback", { status: 400 });
  const { code, state } = callback.data;

  try {
    const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
    const { data: pending, error } = await db
      .from("oauth_states")
      .delete()
      .eq("state_hash", await sha256(state))
      .gt("expires_at", new Date().toISOString())
      .select("user_id")
      .maybeSingle();
    if (error) throw error;
    if (!pending) return new Response("This link has expired", { status: 410 });

    const grant = await redeem(code);
    const { error: saveError } = await db.from("notion_grants").upsert({
      user_id: pending.user_id,
      workspace_id: grant.workspace_id,
      workspace_name: grant.workspace_name,
      access_token: grant.access_token,
    });
    if (saveError) throw saveError;
    return Response.redirect(`${DONE}?connected=notion`, 303);
  } catch (err) {
    console.error("notion-callback", err);
    return Response.redirect(`${DONE}?failed=notion`, 303);
  }
});
