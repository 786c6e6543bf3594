import { decodeProtectedHeader, importJWK, type JSONWebKeySet, type JWK, jwtVerify, SignJWT } from "jose";
import type { Claims, Identity, TokenVerifier } from "./identity.ts";

type KeyRole = "anon" | "service_role";

const tenYears = 10 * 365 * 24 * 3600;
/** Enough for a load test's users; beyond it the oldest is verified again. */
const maxCached = 5000;
const withoutExpMs = 60_000;

/** A legacy key: HS256, ten years, as hosted makes them. */
export function mintKey(jwtSecret: string, ref: string, role: KeyRole): Promise<string> {
  const issuedAt = Math.floor(Date.now() / 1000);
  return new SignJWT({ iss: "supabase", ref, role, iat: issuedAt, exp: issuedAt + tenYears })
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .sign(new TextEncoder().encode(jwtSecret));
}

/**
 * Verifies once and remembers until the token expires. The algorithm decides the key, never the other way round,
 * so that a public key cannot be used as an HMAC secret.
 */
export async function createTokenVerifier(identity: Identity): Promise<TokenVerifier> {
  const keys = {
    ES256: await importJWK(publicKey(identity), "ES256"),
    HS256: new TextEncoder().encode(identity.jwtSecret),
  };
  const opaque = new Map<string, Claims>([
    [identity.publishableKey, { role: "anon" }],
    [identity.secretKey, { role: "service_role" }],
  ]);
  const cache = new Map<string, { readonly claims: Claims; readonly until: number }>();

  return async (token) => {
    const known = opaque.get(token);
    if (known != null) return known;
    const cached = cache.get(token);
    if (cached != null) {
      if (cached.until > Date.now()) return cached.claims;
      cache.delete(token);
    }
    const claims = await verify(token, keys);
    if (claims == null) return null;
    if (cache.size >= maxCached) cache.delete(cache.keys().next().value ?? "");
    cache.set(token, { claims, until: claims.exp == null ? Date.now() + withoutExpMs : claims.exp * 1000 });
    return claims;
  };
}

async function verify(
  token: string,
  keys: { readonly ES256: Awaited<ReturnType<typeof importJWK>>; readonly HS256: Uint8Array },
): Promise<Claims | null> {
  try {
    const { alg } = decodeProtectedHeader(token);
    if (alg !== "ES256" && alg !== "HS256") return null;
    const { payload } = await jwtVerify(token, keys[alg], { algorithms: [alg] });
    const { role } = payload;
    return typeof role === "string" ? { ...payload, role } : null;
  } catch {
    return null;
  }
}

/** What `/auth/v1/.well-known/jwks.json` shows: the public key alone. */
export function jwks(identity: Identity): JSONWebKeySet {
  return { keys: [publicKey(identity)] };
}

/** What PostgREST verifies with: user tokens and legacy keys. Secret. */
export function verificationKeys(identity: Identity): JSONWebKeySet {
  const legacy = {
    kty: "oct",
    k: Buffer.from(identity.jwtSecret).toString("base64url"),
    alg: "HS256",
    use: "sig",
  };
  return { keys: [publicKey(identity), legacy] };
}

function publicKey({ signingKey }: Identity): JWK {
  const { kty, crv, x, y, kid } = signingKey;
  return {
    kty: kty!,
    crv: crv!,
    x: x!,
    y: y!,
    kid: kid!,
    alg: "ES256",
    use: "sig",
    key_ops: ["verify"],
    ext: true,
  };
}
