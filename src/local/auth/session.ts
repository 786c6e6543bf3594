import { randomBytes, randomUUID } from "node:crypto";
import { isIP } from "node:net";
import type { ClientBase, PoolClient } from "pg";
import type { HttpReply, HttpRequest } from "../http/message.ts";
import { type AuthenticationMethod, accessTokenLifetime, type TokenSigner } from "./access-token.ts";
import { readUser, renderUser, type UserRow } from "./user.ts";

type SignInMethod = "password" | "anonymous" | "otp";

interface OpenSession {
  readonly user: UserRow;
  readonly sessionId: string;
  readonly refreshToken: string;
}

export function makeRefreshToken(): string {
  return randomBytes(16).toString("base64url");
}

/** Device columns of auth.sessions, as far as the request tells them. */
export function readDevice(request: HttpRequest): {
  readonly userAgent: string | null;
  readonly ip: string | null;
} {
  const forwarded = request.headers["x-forwarded-for"]?.split(",")[0]?.trim() ?? "";
  return {
    userAgent: request.headers["user-agent"]?.slice(0, 1024) ?? null,
    ip: isIP(forwarded) === 0 ? null : forwarded,
  };
}

/** Opens a session for a user and marks the sign-in, in the caller's transaction. */
export async function openSession(
  client: PoolClient,
  userId: string,
  method: SignInMethod,
  request: HttpRequest,
): Promise<OpenSession> {
  const sessionId = randomUUID();
  const refreshToken = makeRefreshToken();
  const device = readDevice(request);
  await client.query(
    `with session as (
       insert into sessions (id, user_id, created_at, updated_at, aal, user_agent, ip)
       values ($1, $2, now(), now(), 'aal1', $5, $6)
     ), amr as (
       insert into mfa_amr_claims (id, session_id, created_at, updated_at, authentication_method)
       values (gen_random_uuid(), $1, now(), now(), $4)
     ), token as (
       insert into refresh_tokens (token, user_id, revoked, created_at, updated_at, session_id)
       values ($3, $2::uuid::text, false, now(), now(), $1)
     )
     update users set last_sign_in_at = now(), updated_at = now() where id = $2`,
    [sessionId, userId, refreshToken, method, device.userAgent, device.ip],
  );
  const user = await readUser(client, userId);
  if (user === null) throw new Error("the user is gone within its own transaction");
  return { user, sessionId, refreshToken };
}

/** How and when the session's user proved who they are; the latest first. */
async function readMethods(db: ClientBase, sessionId: string): Promise<readonly AuthenticationMethod[]> {
  const { rows } = await db.query<{ method: string; timestamp: number }>(
    `select authentication_method as method, extract(epoch from updated_at)::int as "timestamp"
     from auth.mfa_amr_claims where session_id = $1 order by updated_at desc`,
    [sessionId],
  );
  return rows;
}

/** GoTrue's token reply. */
export async function renderSession(
  client: ClientBase,
  sign: TokenSigner,
  session: OpenSession,
): Promise<HttpReply> {
  const amr = await readMethods(client, session.sessionId);
  const { token, expiresAt } = await sign({ user: session.user, sessionId: session.sessionId, amr });
  return {
    status: 200,
    body: {
      access_token: token,
      token_type: "bearer",
      expires_in: accessTokenLifetime,
      expires_at: expiresAt,
      refresh_token: session.refreshToken,
      user: renderUser(session.user),
      weak_password: null,
    },
  };
}
