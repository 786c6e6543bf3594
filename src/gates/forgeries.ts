import type { Secret } from "../core/secret.ts";
import type { AppSession } from "../ports/app-gateway.ts";
import { readClaims, signToken, spoilSignature, swapClaims, unsignedToken } from "./forged-token.ts";
import { bearer, type Stranger } from "./strangers.ts";

export type Forgery = Stranger;

interface ForgeryInput {
  readonly owner: AppSession & { readonly userId: string };
  readonly other: AppSession & { readonly userId: string };
  readonly anonymous: AppSession;
  /** The project's own HS256 key, when it can be read: with it, genuine tokens with wrong claims can be made. */
  readonly secret: Secret | null;
}

/** A real user's token, bent; and what could not be made, with the reason. */
export async function assembleForgeries({ owner, other, anonymous, secret }: ForgeryInput): Promise<{
  readonly forgeries: readonly Forgery[];
  readonly notMade: readonly string[];
}> {
  const [token, publicKey] = await Promise.all([
    owner.readToken().then((value) => value.reveal()),
    anonymous.readToken().then((value) => value.reveal()),
  ]);
  const claims = readClaims(token);
  if (claims == null) return { forgeries: [], notMade: ["all that bend a user's token: it is no JWT"] };
  const now = Math.floor(Date.now() / 1000);
  const bent: readonly (readonly [string, string])[] = [
    ["an unsigned user's token", unsignedToken(claims)],
    ["an unsigned user's token (alg: NONE)", unsignedToken(claims, "NONE")],
    ["a user's token with a spoiled signature", spoilSignature(token)],
    ["a user's token made out to another user", swapClaims(token, { ...claims, sub: other.userId })],
    ["a user's token made out to the service", swapClaims(token, { ...claims, role: "service_role" })],
    ["a user's token with a longer life", swapClaims(token, { ...claims, exp: now + 10 * 365 * 86_400 })],
    ["a token signed with the public key", signToken(claims, publicKey)],
  ];
  const signed = secret == null ? [] : wrongClaims(claims, secret, now);
  const usable = signed.length > 0 && secret != null && (await takesShared(owner, claims, secret));
  const named = usable ? [...bent, ...signed] : bent;
  return {
    forgeries: named.map(([name, forged]) => ({ name, headers: bearer(forged) })),
    notMade: usable
      ? []
      : ["expired, foreign issuer and foreign audience: the project's signing key cannot be used"],
  };
}

/** Genuine signatures; only the claims are wrong. */
function wrongClaims(
  claims: Readonly<Record<string, unknown>>,
  secret: Secret,
  now: number,
): readonly (readonly [string, string])[] {
  const wrong = [
    ["an expired token", { iat: now - 7200, exp: now - 3600 }],
    ["a token of a foreign issuer", { iss: "https://issuer.example.invalid/auth/v1" }],
    ["a token for a foreign audience", { aud: "somebody-else" }],
  ] as const;
  return wrong.map(([name, change]) => [name, signToken({ ...claims, ...change }, secret.reveal())]);
}

/** Whether a token with right claims and this key is genuine to the auth server; else wrong ones prove nothing. */
async function takesShared(
  owner: AppSession,
  claims: Readonly<Record<string, unknown>>,
  secret: Secret,
): Promise<boolean> {
  const headers = bearer(signToken(claims, secret.reveal()));
  return (await owner.send({ path: "/auth/v1/user", headers })).status === 200;
}
