import { createHmac } from "node:crypto";

type Claims = Readonly<Record<string, unknown>>;

/** Well-formed and signed by nobody (RFC 7519, 6.1). */
export function unsignedToken(claims: Claims, alg = "none"): string {
  return `${encode({ alg, typ: "JWT" })}.${encode(claims)}.`;
}

/** HS256 with any key: the project's own, or one that only a confused verifier takes. */
export function signToken(claims: Claims, key: string): string {
  const signed = `${encode({ alg: "HS256", typ: "JWT" })}.${encode(claims)}`;
  return `${signed}.${createHmac("sha256", key).update(signed).digest("base64url")}`;
}

/** The claims of a token, unverified; null when it is none. */
export function readClaims(token: string): Claims | null {
  try {
    const value: unknown = JSON.parse(Buffer.from(token.split(".")[1] ?? "", "base64url").toString());
    return value != null && typeof value === "object" && !Array.isArray(value) ? (value as Claims) : null;
  } catch {
    return null;
  }
}

/** The same header and signature around other claims. */
export function swapClaims(token: string, claims: Claims): string {
  const [header = "", , signature = ""] = token.split(".");
  return `${header}.${encode(claims)}.${signature}`;
}

/** One bit of the signature turned over. */
export function spoilSignature(token: string): string {
  const [header = "", payload = "", signature = ""] = token.split(".");
  const bytes = Buffer.from(signature, "base64url");
  bytes[Math.floor(bytes.length / 2)] = (bytes[Math.floor(bytes.length / 2)] ?? 0) ^ 1;
  return `${header}.${payload}.${bytes.toString("base64url")}`;
}

function encode(value: unknown): string {
  return Buffer.from(JSON.stringify(value)).toString("base64url");
}
