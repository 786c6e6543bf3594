import { createRemoteJWKSet, jwtVerify } from "npm:jose@5.9.6";

const keys = createRemoteJWKSet(new URL("https://example.supabase.co/auth/v1/.well-known/jwks.json"));

export async function userOf(req: Request) {
  try {
    const { payload } = await jwtVerify((req.headers.get("authorization") ?? "").slice(7), keys);
    return payload;
  } catch {
    return null;
  }
}
