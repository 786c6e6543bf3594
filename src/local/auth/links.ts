import { randomBytes, randomUUID } from "node:crypto";
import * as z from "zod";
import type { HttpReply, HttpRequest } from "../http/message.ts";
import type { AuthContext } from "./context.ts";
import { emailField, metadataField, passwordField } from "./fields.ts";
import { parseBody } from "./json-body.ts";
import { insertEmailUser, refuseUserWrite } from "./new-user.ts";
import { type LinkType, makeOneTimeToken } from "./one-time-token.ts";
import { checkPasswordStrength } from "./password.ts";
import { AuthRefusal } from "./refusal.ts";
import { withAuthTransaction } from "./transaction.ts";
import { readUser, renderUser } from "./user.ts";

const linkBody = z.object({
  type: z.enum(["signup", "invite", "magiclink", "recovery"]),
  email: emailField,
  password: passwordField,
  data: metadataField,
  redirect_to: z.string().max(2048).nullish(),
});

/**
 * POST /admin/generate_link: the code and the link a mail would have brought. signup and invite make the user, and so
 * does magiclink for an unknown address; recovery needs one that exists.
 */
export async function generateLink(request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const body = parseBody(request, linkBody);
  const { email, password } = body;
  if (email === undefined) throw new AuthRefusal(400, "validation_failed", "email is required");
  if (body.type === "signup" && password === undefined) {
    throw new AuthRefusal(400, "validation_failed", "Signup requires a valid password");
  }
  if (password !== undefined) checkPasswordStrength(password);
  const taken = new AuthRefusal(
    422,
    "email_exists",
    "A user with this email address has already been registered",
  );
  try {
    const link = await withAuthTransaction(context.pool, async (client) => {
      const found = await client.query<{ id: string; confirmed: boolean }>(
        "select id, email_confirmed_at is not null as confirmed from users where email = $1 and not is_sso_user",
        [email],
      );
      const existing = found.rows[0];
      if (existing === undefined && body.type === "recovery") {
        throw new AuthRefusal(404, "user_not_found", "User with this email not found");
      }
      if (existing?.confirmed === true && (body.type === "signup" || body.type === "invite")) throw taken;
      const type: LinkType = existing === undefined && body.type === "magiclink" ? "signup" : body.type;
      const id =
        existing?.id ??
        (await insertEmailUser(client, {
          id: randomUUID(),
          email,
          password: password ?? randomBytes(32).toString("base64url"),
          passwordCost: context.passwordCost,
          confirmed: false,
          role: "authenticated",
          appMetadata: {},
          userMetadata: body.data ?? {},
          describesItself: type === "signup",
        }));
      const { code, hash } = await makeOneTimeToken(client, id, email, type);
      const user = await readUser(client, id);
      const redirectTo = body.redirect_to || request.query.get("redirect_to") || originOf(context.issuer);
      return {
        ...(user === null ? {} : renderUser(user)),
        action_link: `${context.issuer}/verify?${new URLSearchParams({ token: hash, type, redirect_to: redirectTo })}`,
        email_otp: code,
        hashed_token: hash,
        redirect_to: redirectTo,
        verification_type: type,
      };
    });
    return { status: 200, body: link };
  } catch (error) {
    throw refuseUserWrite(error, context.log, { conflict: taken, failure: "Database error saving new user" });
  }
}

export function originOf(issuer: string): string {
  return new URL(issuer).origin;
}
