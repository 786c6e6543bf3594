import { isOneOf, sha256 } from "./digest.ts";
import { isAsymmetric, type ParsedJwt, parseJwt, verifySignature } from "./jwt.ts";
import { createKeySource } from "./key-source.ts";
import { createMemory } from "./memory.ts";
import type { Project } from "./project-env.ts";
import { Refusal } from "./refusal.ts";
import { createSharedSecretCheck } from "./shared-secret-check.ts";
import { parseUuid } from "./uuid.ts";

/** Who is asking, proven. */
export type Caller = { readonly kind: "user"; readonly userId: string } | { readonly kind: "service" };

/** Throws a Refusal: 401 for whoever proves nothing, 503 when the proof cannot be checked. */
export type CallerCheck = (request: Request, deadline: AbortSignal) => Promise<Caller>;

interface CallerCheckDeps {
  readonly project: Project;
  readonly fetch: typeof fetch;
  readonly nowMs: () => number;
}

/** Tokens from a clock that runs a little ahead are no forgery. */
const leewaySeconds = 60;
/** How long a token that was verified is taken again without; a key that is revoked works on for as long. */
const rememberedMs = 60_000;

/**
 * A user proves themselves by a token of the project's auth server, a service by a secret key. Public keys prove
 * nothing: every copy of the app holds them. A user's token outranks a secret key beside it.
 */
export function createCallerCheck({ project, fetch, nowMs }: CallerCheckDeps): CallerCheck {
  const issuer = `${project.url}/auth/v1`;
  const keys = createKeySource({ given: project.jwks, url: `${issuer}/.well-known/jwks.json`, fetch, nowMs });
  const checkSharedSecret = createSharedSecretCheck({ project, fetch });
  const verified = createMemory<Caller>(nowMs);
  let digests: Promise<readonly Uint8Array[]> | null = null;
  const isServiceKey = async (key: string) => {
    digests ??= Promise.all(project.serviceKeys.map(sha256));
    return isOneOf(await sha256(key), await digests);
  };

  const isGenuine = async (jwt: ParsedJwt, token: string, userId: string, deadline: AbortSignal) => {
    if (jwt.alg === "HS256") return checkSharedSecret(token, userId, deadline);
    const key = isAsymmetric(jwt.alg) ? await keys.find(jwt) : null;
    return key !== null && (await verifySignature(jwt, key));
  };

  const checkToken = async (token: string, deadline: AbortSignal): Promise<Caller> => {
    const jwt = parseJwt(token);
    if (jwt === null) throw unauthorized("The token is not valid");
    const { userId, expiresMs } = judgeClaims(jwt, issuer, nowMs() / 1000);
    if (!(await isGenuine(jwt, token, userId, deadline))) throw unauthorized("The token is not valid");
    const caller: Caller = { kind: "user", userId };
    verified.put(token, caller, Math.min(expiresMs, nowMs() + rememberedMs));
    return caller;
  };

  return async (request, deadline) => {
    const apiKey = request.headers.get("apikey")?.trim() ?? "";
    const authorization = request.headers.get("authorization")?.trim() ?? "";
    const bearer = /^Bearer +([^\s,]+)$/i.exec(authorization)?.[1];
    if (authorization !== "" && bearer === undefined) {
      throw unauthorized("The authorization header must be Bearer and a token");
    }
    if (bearer !== undefined && bearer !== apiKey && !bearer.startsWith("sb_publishable_")) {
      const known = verified.get(bearer);
      if (known !== null) return known;
      return (await isServiceKey(bearer)) ? { kind: "service" } : checkToken(bearer, deadline);
    }
    if (apiKey !== "" && (await isServiceKey(apiKey))) return { kind: "service" };
    throw unauthorized(
      apiKey === "" && bearer === undefined
        ? "A user's token or a secret key is needed"
        : "The public key alone is no sign-in; send a user's token",
    );
  };
}

/**
 * Who the token says its user is, and until when. Claims are read before the signature is checked, which only ever
 * makes the answer a no.
 */
function judgeClaims({ claims }: ParsedJwt, issuer: string, now: number) {
  const { iss, aud, exp, nbf, iat, role, sub } = claims;
  const audiences: readonly unknown[] = Array.isArray(aud) ? aud : [aud];
  const userId = parseUuid(sub);
  const isEarly = [nbf, iat].some(
    (time) => time !== undefined && !(typeof time === "number" && time <= now + leewaySeconds),
  );
  if (typeof exp !== "number" || !Number.isFinite(exp) || isEarly)
    throw unauthorized("The token is not valid");
  if (exp <= now) throw unauthorized("The token has expired");
  if (iss !== issuer || !audiences.includes("authenticated"))
    throw unauthorized("The token is not for this project");
  if (role !== "authenticated" || userId === null) throw unauthorized("The token is not a user's");
  return { userId, expiresMs: exp * 1000 };
}

function unauthorized(message: string): Refusal {
  return new Refusal({
    status: 401,
    code: "unauthorized",
    message,
    headers: { "www-authenticate": 'Bearer error="invalid_token"' },
  });
}
