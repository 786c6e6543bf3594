import * as jose from "jsr:@panva/jose@6.0.11";

const keys = jose.createRemoteJWKSet(new URL(Deno.env.get("SUPABASE_URL") + "/auth/v1/.well-known/jwks.json"));

function getAuthToken(req: Request): string {
  const [bearer, token] = (req.headers.get("authorization") ?? "").split(" ");
  return bearer === "Bearer" ? (token ?? "") : "";
}

async function verify(jwt: string): Promise<boolean> {
  try {
    await jose.jwtVerify(jwt, keys);
    return true;
  } catch {
    return false;
  }
}

export async function AuthMiddleware(req: Request, next: (req: Request) => Promise<Response>): Promise<Response> {
  if (req.method === "OPTIONS") return new Response(null, { status: 204 });
  const isValid = await verify(getAuthToken(req));
  if (isValid) return await next(req);
  return Response.json({ msg: "Invalid JWT" }, { status: 401 });
}
