import * as z from "zod";
import type { HttpReply, HttpRequest } from "../http/message.ts";
import type { AuthContext } from "./context.ts";
import { emailField } from "./fields.ts";
import { parseBody } from "./json-body.ts";
import { originOf } from "./links.ts";
import { confirmEmail } from "./new-user.ts";
import { hashCode, type LinkType, linkTypes, spendOneTimeToken } from "./one-time-token.ts";
import { AuthRefusal } from "./refusal.ts";
import { openSession, renderSession } from "./session.ts";
import { withAuthTransaction } from "./transaction.ts";
import { isBanned } from "./user.ts";

const verifyBody = z.object({
  type: z.enum(["signup", "invite", "magiclink", "recovery", "email"]),
  email: emailField,
  token: z.string().max(128).optional(),
  token_hash: z.string().max(128).optional(),
});

/** POST /verify: a code with its address, or the hash from a link, becomes a session. */
export async function verifyCode(request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const { type, email, token, token_hash: hash } = parseBody(request, verifyBody);
  const types = type === "email" ? linkTypes : [type];
  if (hash !== undefined) return spend(request, context, hash, types);
  if (email === undefined || token === undefined) {
    throw new AuthRefusal(400, "validation_failed", "Verify requires a token_hash, or an email and a token");
  }
  const account = `code of ${email}`;
  if (context.attempts.isBlocked(account)) {
    throw new AuthRefusal(429, "over_request_rate_limit", "Request rate limit reached");
  }
  try {
    const reply = await spend(request, context, hashCode(email, token), types);
    context.attempts.recordSuccess(account);
    return reply;
  } catch (error) {
    if (error instanceof AuthRefusal && error.errorCode === "otp_expired")
      context.attempts.recordFailure(account);
    throw error;
  }
}

/** GET /verify: the link itself. Sends the browser on with the session, or the refusal, in the fragment. */
export async function followLink(request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const target = chooseTarget(request.query.get("redirect_to"), originOf(context.issuer));
  const given = request.query.get("type");
  const types = linkTypes.filter((type) => type === given);
  const fragment = new URLSearchParams();
  try {
    const { body } = await spend(request, context, request.query.get("token") ?? "", types);
    const session = body as Readonly<Record<string, unknown>>;
    for (const name of ["access_token", "expires_at", "expires_in", "refresh_token", "token_type"]) {
      fragment.set(name, String(session[name]));
    }
    fragment.set("type", given ?? "");
  } catch (error) {
    if (!(error instanceof AuthRefusal)) throw error;
    fragment.set("error", "access_denied");
    fragment.set("error_code", error.errorCode);
    fragment.set("error_description", error.message);
  }
  return { status: 303, headers: { location: `${target}#${fragment}` } };
}

/** This machine or an app's own scheme; a session must not be sent anywhere else. */
function chooseTarget(wanted: string | null, fallback: string): string {
  if (wanted === null || !URL.canParse(wanted)) return fallback;
  const url = new URL(wanted);
  url.hash = "";
  const web = url.protocol === "http:" || url.protocol === "https:";
  const local = url.hostname === "localhost" || url.hostname === "127.0.0.1" || url.hostname === "[::1]";
  const script = ["javascript:", "data:", "vbscript:", "file:", "blob:"].includes(url.protocol);
  return (web && local) || (!web && !script) ? url.href : fallback;
}

async function spend(
  request: HttpRequest,
  context: AuthContext,
  hash: string,
  types: readonly LinkType[],
): Promise<HttpReply> {
  const reply = await withAuthTransaction(context.pool, async (client) => {
    const userId = await spendOneTimeToken(client, hash, types);
    if (userId === null) return null;
    await confirmEmail(client, userId);
    const session = await openSession(client, userId, "otp", request);
    if (isBanned(session.user)) throw new AuthRefusal(403, "user_banned", "User is banned");
    return renderSession(client, context.sign, session);
  });
  if (reply === null) throw new AuthRefusal(403, "otp_expired", "Token has expired or is invalid");
  return reply;
}
