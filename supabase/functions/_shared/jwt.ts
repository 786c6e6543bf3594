import { decodeBase64Url } from "./base64url.ts";

/** A public key as a key set lists it (RFC 7517). */
export interface Jwk {
  readonly kty: string;
  readonly kid?: string;
  readonly alg?: string;
  readonly use?: string;
  readonly [member: string]: unknown;
}

export interface ParsedJwt {
  readonly alg: string;
  readonly kid: string | null;
  readonly claims: Readonly<Record<string, unknown>>;
  readonly signed: Uint8Array<ArrayBuffer>;
  readonly signature: Uint8Array<ArrayBuffer>;
}

const maxLength = 8192;

/** Takes a compact JWS apart without believing any of it. Null when it is none. */
export function parseJwt(token: string): ParsedJwt | null {
  const parts = token.length <= maxLength ? token.split(".") : [];
  const [head = "", payload = "", tail = ""] = parts;
  if (parts.length !== 3) return null;
  const header = decodeJson(head);
  const claims = decodeJson(payload);
  const signature = decodeBase64Url(tail);
  if (header === null || claims === null || signature === null) return null;
  const { alg, kid, crit } = header;
  // An extension we must understand and do not (RFC 7515, 4.1.11).
  if (typeof alg !== "string" || crit !== undefined) return null;
  return {
    alg,
    kid: typeof kid === "string" ? kid : null,
    claims,
    signed: new TextEncoder().encode(`${head}.${payload}`),
    signature,
  };
}

function decodeJson(part: string): Record<string, unknown> | null {
  const bytes = decodeBase64Url(part);
  if (bytes === null) return null;
  try {
    const value: unknown = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
    return typeof value === "object" && value !== null && !Array.isArray(value)
      ? (value as Record<string, unknown>)
      : null;
  } catch {
    return null;
  }
}

interface Algorithm {
  readonly kty: string;
  readonly crv?: string;
  readonly import: { readonly name: string; readonly namedCurve?: string; readonly hash?: string };
  readonly verify: { readonly name: string; readonly hash?: string };
}

const rsa = { name: "RSASSA-PKCS1-v1_5", hash: "SHA-256" };

/** What a project signs user tokens with, besides the shared secret. */
const algorithms: Readonly<Record<string, Algorithm>> = {
  ES256: {
    kty: "EC",
    crv: "P-256",
    import: { name: "ECDSA", namedCurve: "P-256" },
    verify: { name: "ECDSA", hash: "SHA-256" },
  },
  RS256: { kty: "RSA", import: rsa, verify: rsa },
};

/** Whether tokens of this algorithm are verified with a public key. */
export function isAsymmetric(alg: string): boolean {
  return Object.hasOwn(algorithms, alg);
}

/** Whether the key is meant for tokens of this algorithm: the token's word alone decides nothing. */
export function fitsAlgorithm(key: Jwk, alg: string): boolean {
  const algorithm = isAsymmetric(alg) ? algorithms[alg] : undefined;
  if (algorithm === undefined) return false;
  return (
    key.kty === algorithm.kty &&
    (algorithm.crv === undefined || key["crv"] === algorithm.crv) &&
    (key.alg === undefined || key.alg === alg) &&
    (key.use === undefined || key.use === "sig")
  );
}

const imported = new WeakMap<Jwk, Promise<CryptoKey>>();

/** False, too, for a key that cannot be used. */
export async function verifySignature(jwt: ParsedJwt, key: Jwk): Promise<boolean> {
  const algorithm = algorithms[jwt.alg];
  if (algorithm === undefined || !fitsAlgorithm(key, jwt.alg)) return false;
  let cryptoKey = imported.get(key);
  if (cryptoKey === undefined) {
    const { kty, crv, x, y, n, e } = key as Record<string, string>;
    const publicPart = kty === "EC" ? { kty, crv, x, y } : { kty, n, e };
    cryptoKey = crypto.subtle.importKey("jwk", publicPart as JsonWebKey, algorithm.import, false, ["verify"]);
    imported.set(key, cryptoKey);
  }
  try {
    return await crypto.subtle.verify(algorithm.verify, await cryptoKey, jwt.signature, jwt.signed);
  } catch {
    return false;
  }
}
