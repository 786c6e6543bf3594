import type { Pool } from "pg";
import type { HttpReply, HttpRequest } from "../http/message.ts";
import type { Identity, LogLine, TokenVerifier } from "../identity.ts";
import type { TokenSigner } from "./access-token.ts";
import type { FailedAttempts } from "./attempts.ts";

export interface AuthDeps {
  /** Connects as a superuser, who may become supabase_auth_admin. */
  readonly pool: Pool;
  readonly identity: Identity;
  /** `iss` of user tokens: the public URL of this server, such as http://127.0.0.1:54321/auth/v1. */
  readonly issuer: string;
  readonly verify: TokenVerifier;
  readonly log: LogLine;
  /** bcrypt cost, 4 to 31; hosted uses 10. */
  readonly passwordCost: number;
}

export interface AuthContext extends AuthDeps {
  readonly sign: TokenSigner;
  readonly attempts: FailedAttempts;
}

export type Endpoint = (request: HttpRequest, context: AuthContext) => Promise<HttpReply>;
