import type { Secret } from "../core/secret.ts";
import type { AppSession } from "../ports/app-gateway.ts";
import { readClaims, signToken, spoilSignature, swapClaims, unsignedToken } from "./forged-token.ts";
import { bearer, type Stranger } from "./strangers.ts";

export interface Forgery extends Stranger {
  /**
   * Signed by the project, with a claim that its own auth server does not look at: a function that asks there
   * (getUser) cannot know better.
   */
  readonly isAuthsOwn: boolean;
}

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
  const usable = secret != null && (await isTaken(owner, signToken(claims, secret.reveal())));
  const named = usable ? [...bent, ...wrongClaims(claims, secret, now)] : bent;
  return {
    forgeries: await Promise.all(
      named.map(async ([name, forged]) => ({
        name,
        headers: bearer(forged),
        isAuthsOwn: unlooked.has(name) && (await isTaken(owner, forged)),
      })),
    ),
    notMade: usable
      ? []
      : ["expired, foreign issuer and foreign audience: the project's signing key cannot be used"],
  };
}

const foreignIssuer = "a token of a foreign issuer";
const foreignAudience = "a token for a foreign audience";
const unlooked: ReadonlySet<string> = new Set([foreignIssuer, foreignAudience]);

/** Genuine signatures; only the claims are wrong. */
function wrongClaims(
  claims: Readonly<Record<string, unknown>>,
  secret: Secret,
  now: number,
): readonly (readonly [string, string])[] {
  const wrong = [
    ["an expired token", { iat: now - 7200, exp: now - 3600 }],
    [foreignIssuer, { iss: "https://issuer.example.invalid/auth/v1" }],
    [foreignAudience, { aud: "somebody-else" }],
  ] as const;
  return wrong.map(([name, change]) => [name, signToken({ ...claims, ...change }, secret.reveal())]);
}

/** By the auth server. When it takes no token with right claims and this key, wrong ones prove nothing. */
async function isTaken(owner: AppSession, token: string): Promise<boolean> {
  return (await owner.send({ path: "/auth/v1/user", headers: bearer(token) })).status === 200;
}
