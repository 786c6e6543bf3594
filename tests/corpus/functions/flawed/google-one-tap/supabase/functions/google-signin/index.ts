import { createClient } from "@supabase/supabase-js";
import { jwtDecode } from "jwt-decode";

type GoogleClaims = { aud: string; email?: string; email_verified?: boolean; exp: number; iss: string };

const ISSUERS = ["https://accounts.google.com", "accounts.google.com"];

function readCredential(credential: string, audience: string): GoogleClaims {
  const claims = jwtDecode<GoogleClaims>(credential);
  if (claims.aud !== audience) throw new Error("audience");
  if (!ISSUERS.includes(claims.iss)) throw new Error("issuer");
  if (claims.exp * 1000 < Date.now()) throw new Error("expired");
  if (!claims.email || !claims.email_verified) throw new Error("email");
  return claims;
}

Deno.serve(async (req) => {
  const audience = Deno.env.get("GOOGLE_CLIENT_ID");
  if (!audience) {
    console.error("GOOGLE_CLIENT_ID is missing");
    return Response.json({ error: "unavailable" }, { status: 503 });
  }

  const body = await req.json().catch(() => null);
  if (typeof body?.credential !== "string" || body.credential.length > 4096) {
    return Response.json({ error: "credential is required" }, { status: 400 });
  }

  let claims: GoogleClaims;
  try {
    claims = readCredential(body.credential, audience);
  } catch (err) {
    console.warn("rejected credential:", err instanceof Error ? err.message : "unknown");
    return Response.json({ error: "invalid credential" }, { status: 401 });
  }

  const admin = createClient(Deno.env.get("SUPABASE_URL")!, Deno.env.get("SUPABASE_SERVICE_ROLE_KEY")!);
  const { data, error } = await admin.auth.admin.generateLink({ type: "magiclink", email: claims.email! });
  if (error) {
    console.error("generateLink", error.code);
    return Response.json({ error: "sign-in failed" }, { status: 500 });
  }
  return Response.json({ token_hash: data.properties.hashed_token });
});
