import type { JWK } from "jose";

/** The secrets of one local project, made once per checkout and kept in .bee/local/identity.json (0600). */
export interface Identity {
  /** 20 lower-case letters, as hosted refs are. */
  readonly projectRef: string;
  /** `sbp_` and 40 hex digits: the form the supabase CLI checks. */
  readonly accessToken: string;
  readonly dbPassword: string;
  /** Signs the legacy keys (HS256). */
  readonly jwtSecret: string;
  /** Signs user tokens (ES256, with kid), as new hosted projects do. */
  readonly signingKey: JWK;
  readonly publishableKey: string;
  readonly secretKey: string;
  /** Legacy keys: HS256 JWTs with role anon and service_role. */
  readonly anonKey: string;
  readonly serviceRoleKey: string;
}

/** Claims of a token that was verified. */
export interface Claims {
  readonly role: string;
  readonly sub?: string;
  readonly exp?: number;
  readonly [name: string]: unknown;
}

/** Accepts user tokens (ES256), legacy keys (HS256) and opaque keys; null for anything else. */
export type TokenVerifier = (token: string) => Promise<Claims | null>;

/** One line of a part's log, written to .bee/local/logs/<part>.log and served by the logs endpoint. */
export type LogLine = (
  level: "debug" | "info" | "warn" | "error",
  message: string,
  fields?: Record<string, unknown>,
) => void;
