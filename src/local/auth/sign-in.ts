import * as z from "zod";
import type { HttpReply, HttpRequest } from "../http/message.ts";
import type { AuthContext } from "./context.ts";
import { emailField, passwordField, phoneField } from "./fields.ts";
import { parseBody } from "./json-body.ts";
import { unknownUserSalt } from "./password.ts";
import { refreshSession } from "./refresh.ts";
import { AuthRefusal } from "./refusal.ts";
import { openSession, renderSession } from "./session.ts";
import { withAuthTransaction } from "./transaction.ts";

const passwordBody = z.object({ email: emailField, phone: phoneField, password: passwordField });

/** POST /token?grant_type=…: password and refresh_token; providers outside this machine are refused. */
export async function issueToken(request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const grant = request.query.get("grant_type");
  if (grant === "password") return signInWithPassword(request, context);
  if (grant === "refresh_token") return refreshSession(request, context);
  if (grant === "id_token" || grant === "pkce" || grant === "web3") {
    throw new AuthRefusal(
      400,
      "provider_disabled",
      `grant_type ${grant} needs an outside provider; the local platform has none enabled`,
    );
  }
  throw new AuthRefusal(400, "validation_failed", "unsupported_grant_type");
}

interface Candidate {
  readonly id: string | null;
  readonly matches: boolean;
  readonly banned: boolean;
  readonly confirmed: boolean;
}

async function signInWithPassword(request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const body = parseBody(request, passwordBody);
  if (body.email === undefined) {
    if (body.phone === undefined) throw new AuthRefusal(400, "validation_failed", "missing email or phone");
    throw new AuthRefusal(422, "phone_provider_disabled", "Phone logins are disabled");
  }
  if (context.attempts.isBlocked(body.email)) {
    throw new AuthRefusal(429, "over_request_rate_limit", "Request rate limit reached");
  }
  const found = await context.pool.query<Candidate>(candidateQuery, [
    body.email,
    body.password ?? "",
    unknownUserSalt(context.passwordCost),
  ]);
  const candidate = found.rows[0];
  if (candidate?.id == null || !candidate.matches) {
    context.attempts.recordFailure(body.email);
    throw new AuthRefusal(400, "invalid_credentials", "Invalid login credentials");
  }
  context.attempts.recordSuccess(body.email);
  if (candidate.banned) throw new AuthRefusal(400, "user_banned", "User is banned");
  if (!candidate.confirmed) throw new AuthRefusal(400, "email_not_confirmed", "Email not confirmed");
  const userId = candidate.id;
  return withAuthTransaction(context.pool, async (client) =>
    renderSession(client, context.sign, await openSession(client, userId, "password", request)),
  );
}

/** Always one row and one bcrypt run, whether the user exists or not. */
const candidateQuery = `
  select u.id,
    coalesce(
      extensions.crypt($2, coalesce(nullif(u.encrypted_password, ''), $3)) = u.encrypted_password,
      false
    ) as matches,
    coalesce(u.banned_until > now(), false) as banned,
    u.email_confirmed_at is not null as confirmed
  from (select 1) one
  left join auth.users u on u.email = $1 and not u.is_sso_user and u.deleted_at is null`;
