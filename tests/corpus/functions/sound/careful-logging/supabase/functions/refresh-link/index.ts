import { createClient } from "npm:@supabase/supabase-js@2.49.4";
import { log } from "../_shared/log.ts";

async function refresh(refreshToken: string) {
  const id = Deno.env.get("SPOTIFY_CLIENT_ID");
  const secret = Deno.env.get("SPOTIFY_CLIENT_SECRET");
  if (!id || !secret) throw new Error("Spotify client is not configured");
  const res = await fetch("https://accounts.spotify.com/api/token", {
    method: "POST",
    headers: { Authorization: `Basic ${btoa(`${id}:${secret}`)}` },
    body: new URLSearchParams({ grant_type: "refresh_token", refresh_token: refreshToken }),
    signal: AbortSignal.timeout(7_000),
  });
  if (!res.ok) throw new Error(`token endpoint answered ${res.status}`);
  const { access_token, expires_in } = await res.json();
  return { accessToken: String(access_token), expiresAt: new Date(Date.now() + expires_in * 1000).toISOString() };
}

Deno.serve(async (req) => {
  const db = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data: { user } } = await db.auth.getUser(req.headers.get("Authorization")?.replace("Bearer ", "") ?? "");
  if (!user) {
    log.info("token_missing_or_invalid", { method: req.method, hasAuthHeader: req.headers.has("authorization") });
    return Response.json({ error: "unauthorized" }, { status: 401 });
  }

  try {
    const { data: link, error } = await db
      .from("music_links")
      .select("refresh_token")
      .eq("user_id", user.id)
      .maybeSingle();
    if (error) throw new Error(`music_links ${error.code}`);
    if (!link) return Response.json({ error: "not linked" }, { status: 404 });

    const { accessToken, expiresAt } = await refresh(link.refresh_token);
    const { error: saveError } = await db
      .from("music_links")
      .update({ access_token: accessToken, expires_at: expiresAt })
      .eq("user_id", user.id);
    if (saveError) throw new Error(`music_links ${saveError.code}`);

    log.info("token_refreshed", { user: user.id, expiresAt });
    return Response.json({ expiresAt });
  } catch (err) {
    log.error("token_refresh_failed", { user: user.id, reason: err instanceof Error ? err.message : "unknown" });
    return Response.json({ error: "refresh failed" }, { status: 502 });
  }
});
