import * as jose from "jsr:@panva/jose@6.0.11";

const SUPABASE_JWT_KEYS = jose.createRemoteJWKSet(new URL(Deno.env.get("SUPABASE_URL") + "/auth/v1/.well-known/jwks.json"));

function getAuthToken(req: Request) {
  const [bearer, token] = (req.headers.get("authorization") ?? "").split(" ");
  return bearer === "Bearer" ? token : "";
}

async function verifySupabaseJWT(jwt: string) {
  try {
    await jose.jwtVerify(jwt, SUPABASE_JWT_KEYS);
    return true;
  } catch {
    return false;
  }
}

export async function AuthMiddleware(req: Request, next: (req: Request) => Promise<Response>) {
  if (req.method === "OPTIONS") return await next(req);
  const isValidJWT = await verifySupabaseJWT(getAuthToken(req));
  if (!isValidJWT) console.warn("request without a valid token");
  return await next(req);
}
