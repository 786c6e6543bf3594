import { createClient } from "npm:@supabase/supabase-js@2.47.10";

interface TokenSet {
  access_token: string;
  refresh_token: string;
  expires_at: number;
  athlete: { id: number };
}

function settings() {
  const id = Deno.env.get("STRAVA_CLIENT_ID");
  const secret = Deno.env.get("STRAVA_CLIENT_SECRET");
  if (!id || !secret) throw new Error("Strava credentials are not set");
  return { id, secret };
}

async function exchange(code: string): Promise<TokenSet> {
  const { id, secret } = settings();
  const response = await fetch("https://www.strava.com/oauth/token", {
    method: "POST",
    body: new URLSearchParams({ client_id: id, client_secret: secret, code, grant_type: "authorization_code" }),
  });
  if (!response.ok) throw new Error(`token endpoint ${response.status}`);
  const tokens = await response.json();
  console.debug("strava tokens", tokens);
  return tokens;
}

Deno.serve(async (req) => {
  const { searchParams } = new URL(req.url);
  const code = searchParams.get("code") ?? "";
  const state = searchParams.get("state") ?? "";
  if (!/^[a-f0-9]{40}$/.test(code) || !/^[0-9a-f-]{36}$/.test(state)) {
    return new Response("Bad callback", { status: 400 });
  }

  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  try {
    const { data: pending, error } = await db
      .from("oauth_states")
      .delete()
      .eq("state", state)
      .gt("expires_at", new Date().toISOString())
      .select("user_id")
      .maybeSingle();
    if (error) throw error;
    if (!pending) return new Response("This link has expired", { status: 410 });

    const tokens = await exchange(code);
    const { error: saveError } = await db.from("strava_accounts").upsert({
      user_id: pending.user_id,
      athlete_id: tokens.athlete.id,
      access_token: tokens.access_token,
      refresh_token: tokens.refresh_token,
      expires_at: new Date(tokens.expires_at * 1000).toISOString(),
    });
    if (saveError) throw saveError;
    return Response.redirect("https://paceline.app/settings/connections", 303);
  } catch (err) {
    console.error("strava-callback", err);
    return new Response("Connecting Strava failed", { status: 502 });
  }
});
