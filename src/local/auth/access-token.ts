import { importJWK, type JWK, SignJWT } from "jose";
import type { UserRow } from "./user.ts";

/** Seconds an access token lives: hosted's default. */
export const accessTokenLifetime = 3600;

export interface AuthenticationMethod {
  readonly method: string;
  /** Seconds since the epoch. */
  readonly timestamp: number;
}

export interface TokenSubject {
  readonly user: UserRow;
  readonly sessionId: string;
  readonly amr: readonly AuthenticationMethod[];
}

export interface AccessToken {
  readonly token: string;
  /** Seconds since the epoch. */
  readonly expiresAt: number;
}

export type TokenSigner = (subject: TokenSubject) => Promise<AccessToken>;

/** Signs user tokens with the project's ES256 key; claims as hosted has them. */
export function createTokenSigner(signingKey: JWK, issuer: string): TokenSigner {
  const key = importJWK(signingKey, "ES256");
  const header = {
    alg: "ES256",
    typ: "JWT",
    ...(signingKey.kid === undefined ? {} : { kid: signingKey.kid }),
  };
  return async ({ user, sessionId, amr }) => {
    const issuedAt = Math.floor(Date.now() / 1000);
    const expiresAt = issuedAt + accessTokenLifetime;
    const claims = {
      iss: issuer,
      sub: user.id,
      aud: user.aud || "authenticated",
      exp: expiresAt,
      iat: issuedAt,
      email: user.email ?? "",
      phone: user.phone ?? "",
      app_metadata: user.raw_app_meta_data ?? {},
      user_metadata: user.raw_user_meta_data ?? {},
      role: user.role || "authenticated",
      aal: "aal1",
      amr,
      session_id: sessionId,
      is_anonymous: user.is_anonymous,
    };
    return { token: await new SignJWT(claims).setProtectedHeader(header).sign(await key), expiresAt };
  };
}
