import type { HttpRequest } from "../http/message.ts";
import type { Claims } from "../identity.ts";
import type { AuthContext } from "./context.ts";
import { AuthRefusal } from "./refusal.ts";
import { readUser, type UserRow } from "./user.ts";

interface Caller {
  readonly user: UserRow;
  /** Null for a token that names no session. */
  readonly sessionId: string | null;
}

const uuid = /^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/i;
const adminRoles: ReadonlySet<string> = new Set(["service_role", "supabase_admin"]);

async function readClaims(request: HttpRequest, context: AuthContext): Promise<Claims> {
  const token = /^bearer\s+(\S+)$/i.exec(request.headers["authorization"] ?? "")?.[1];
  if (token === undefined) {
    throw new AuthRefusal(401, "no_authorization", "This endpoint requires a valid Bearer token");
  }
  const claims = await context.verify(token);
  if (claims === null) {
    throw new AuthRefusal(
      403,
      "bad_jwt",
      "invalid JWT: unable to parse or verify signature, or token is expired",
    );
  }
  return claims;
}

/** The signed-in user behind the bearer token; their session must still be open. Throws AuthRefusal. */
export async function readCaller(request: HttpRequest, context: AuthContext): Promise<Caller> {
  const claims = await readClaims(request, context);
  if (typeof claims.sub !== "string" || !uuid.test(claims.sub)) {
    throw new AuthRefusal(403, "bad_jwt", "invalid claim: missing sub claim");
  }
  const user = await readUser(context.pool, claims.sub);
  if (user === null) {
    throw new AuthRefusal(403, "user_not_found", "User from sub claim in JWT does not exist");
  }
  const sessionId = claims["session_id"];
  if (sessionId === undefined) return { user, sessionId: null };
  const open =
    typeof sessionId === "string" && uuid.test(sessionId)
      ? await context.pool.query("select 1 from auth.sessions where id = $1 and user_id = $2", [
          sessionId,
          user.id,
        ])
      : null;
  if (typeof sessionId !== "string" || open?.rowCount !== 1) {
    throw new AuthRefusal(403, "session_not_found", "Session from session_id claim in JWT does not exist");
  }
  return { user, sessionId };
}

/** Admits only the service key: 401 without a token, 403 with any other. */
export async function requireService(request: HttpRequest, context: AuthContext): Promise<void> {
  const claims = await readClaims(request, context);
  if (!adminRoles.has(claims.role)) throw new AuthRefusal(403, "not_admin", "User not allowed");
}
