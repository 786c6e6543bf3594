import type { PoolClient } from "pg";
import * as z from "zod";
import type { HttpReply, HttpRequest } from "../http/message.ts";
import { readCaller } from "./caller.ts";
import type { AuthContext } from "./context.ts";
import { emailField, metadataField, passwordField, phoneField } from "./fields.ts";
import { parseBody } from "./json-body.ts";
import { closeSessions } from "./logout.ts";
import { refuseUserWrite } from "./new-user.ts";
import { checkPasswordStrength } from "./password.ts";
import { AuthRefusal } from "./refusal.ts";
import { withAuthTransaction } from "./transaction.ts";
import { readUser, renderUser, type UserRow } from "./user.ts";
import { mergeMetadata, setEmail, setPassword } from "./user-change.ts";

/** GET /user. */
export async function showOwnUser(request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const { user } = await readCaller(request, context);
  return { status: 200, body: renderUser(user) };
}

const updateBody = z.object({
  email: emailField,
  phone: phoneField,
  password: passwordField,
  data: metadataField,
  app_metadata: metadataField,
});

/** PUT /user. A new e-mail address holds at once, as GoTrue does with autoconfirm; a new password ends other sessions. */
export async function updateOwnUser(request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const { user, sessionId } = await readCaller(request, context);
  const { email, phone, password, data, app_metadata: appMetadata } = parseBody(request, updateBody);
  if (appMetadata !== undefined) {
    throw new AuthRefusal(403, "not_admin", "Updating app_metadata requires admin privileges");
  }
  if (phone !== undefined && phone !== user.phone) {
    throw new AuthRefusal(422, "phone_provider_disabled", "Phone logins are disabled");
  }
  if (password !== undefined) {
    checkPasswordStrength(password);
    if (user.is_anonymous && email === undefined) {
      throw new AuthRefusal(
        422,
        "validation_failed",
        "Updating password of an anonymous user without an email or phone is not allowed",
      );
    }
  }
  const conflict = new AuthRefusal(
    422,
    "email_exists",
    "A user with this email address has already been registered",
  );
  try {
    const updated = await withAuthTransaction(context.pool, async (client) => {
      if (password !== undefined) {
        await refuseSamePassword(client, user, password);
        await setPassword(client, user.id, password, context.passwordCost);
        await closeSessions(client, user.id, { except: sessionId });
      }
      if (data !== undefined) await mergeMetadata(client, user.id, "raw_user_meta_data", data);
      if (email !== undefined && email !== user.email) {
        await setEmail(client, user.id, email, { confirm: true });
      }
      return readUser(client, user.id);
    });
    if (updated === null)
      throw new AuthRefusal(403, "user_not_found", "User from sub claim in JWT does not exist");
    return { status: 200, body: renderUser(updated) };
  } catch (error) {
    throw refuseUserWrite(error, context.log, { conflict, failure: "Error updating user" });
  }
}

async function refuseSamePassword(client: PoolClient, user: UserRow, password: string): Promise<void> {
  const { rowCount } = await client.query(
    `select 1 from users where id = $1 and encrypted_password <> ''
       and extensions.crypt($2, encrypted_password) = encrypted_password`,
    [user.id, password],
  );
  if (rowCount !== 0) {
    throw new AuthRefusal(422, "same_password", "New password should be different from the old password.");
  }
}
