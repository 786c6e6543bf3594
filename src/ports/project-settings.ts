import type { Secret } from "../core/secret.ts";

/** The auth server's settings that decide how safe sign-in is; null where the project names none. */
export interface AuthSettings {
  readonly signUpOpen: boolean | null;
  readonly anonymousUsers: boolean | null;
  readonly emailSignIn: boolean | null;
  /** Addresses count as confirmed without a mail. */
  readonly mailerAutoconfirm: boolean | null;
  readonly unverifiedSignIn: boolean | null;
  readonly passwordMinLength: number | null;
  /** Passwords are compared with known leaks. */
  readonly leakedPasswordCheck: boolean | null;
  /** Seconds. */
  readonly mailerOtpExpiry: number | null;
  /** Seconds. */
  readonly jwtExpiry: number | null;
  readonly refreshRotation: boolean | null;
  /** Seconds for which a refresh token may be used twice. */
  readonly refreshReuseInterval: number | null;
  readonly mfaTotp: boolean | null;
  readonly siteUrl: string | null;
  readonly redirectUrls: readonly string[];
}

/** How the project is set up, over the Management API. */
export interface ProjectSettings {
  readAuth(): Promise<AuthSettings>;
  /** Whether the database refuses connections without TLS. */
  readSslEnforced(): Promise<boolean>;
  /** Signs legacy tokens (HS256); null when the token may not read it. */
  readJwtSecret(): Promise<Secret | null>;
}
