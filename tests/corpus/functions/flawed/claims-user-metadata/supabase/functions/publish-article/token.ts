import { createRemoteJWKSet, type JWTPayload, jwtVerify } from "jose";

export interface Claims extends JWTPayload {
  sub: string;
  user_metadata?: { editor?: boolean; desk?: string };
}

const issuer = `${Deno.env.get("SUPABASE_URL")!}/auth/v1`;
const keys = createRemoteJWKSet(new URL(`${issuer}/.well-known/jwks.json`), { timeoutDuration: 4_000 });

export async function verify(req: Request): Promise<Claims | null> {
  const token = req.headers.get("Authorization")?.replace(/^Bearer /, "");
  if (!token) return null;
  try {
    const { payload } = await jwtVerify<Claims>(token, keys, { issuer, audience: "authenticated" });
    return payload;
  } catch (err) {
    console.warn("token refused:", err instanceof Error ? err.name : "unknown");
    return null;
  }
}
