import { randomUUID } from "node:crypto";
import type { PoolClient } from "pg";
import * as z from "zod";
import type { HttpReply, HttpRequest } from "../http/message.ts";
import type { AuthContext } from "./context.ts";
import { emailField, metadataField, passwordField, phoneField } from "./fields.ts";
import { parseBody } from "./json-body.ts";
import { insertEmailUser, refuseUserWrite } from "./new-user.ts";
import { checkPasswordStrength } from "./password.ts";
import { AuthRefusal } from "./refusal.ts";
import { openSession, renderSession } from "./session.ts";
import { withAuthTransaction } from "./transaction.ts";

const signUpBody = z.object({
  email: emailField,
  phone: phoneField,
  password: passwordField,
  data: metadataField,
});

/** POST /signup. E-mail addresses count as confirmed at once (`mailer_autoconfirm`): no mail leaves this machine. */
export async function signUp(request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const { email, phone, password, data = {} } = parseBody(request, signUpBody);
  if (phone !== undefined)
    throw new AuthRefusal(422, "phone_provider_disabled", "Phone signups are disabled");
  if (email === undefined) {
    if (password !== undefined)
      throw new AuthRefusal(400, "validation_failed", "Signup requires an email address");
    return openFor(context, request, "anonymous", (client) => insertAnonymousUser(client, data));
  }
  if (password === undefined)
    throw new AuthRefusal(400, "validation_failed", "Signup requires a valid password");
  checkPasswordStrength(password);
  const taken = await context.pool.query("select 1 from auth.users where email = $1 and not is_sso_user", [
    email,
  ]);
  if (taken.rowCount !== 0) throw new AuthRefusal(422, "user_already_exists", "User already registered");
  return openFor(context, request, "password", (client) =>
    insertEmailUser(client, {
      id: randomUUID(),
      email,
      password,
      passwordCost: context.passwordCost,
      confirmed: true,
      role: "authenticated",
      appMetadata: {},
      userMetadata: data,
      describesItself: true,
    }),
  );
}

async function openFor(
  context: AuthContext,
  request: HttpRequest,
  method: "password" | "anonymous",
  insert: (client: PoolClient) => Promise<string>,
): Promise<HttpReply> {
  try {
    return await withAuthTransaction(context.pool, async (client) => {
      const userId = await insert(client);
      return renderSession(client, context.sign, await openSession(client, userId, method, request));
    });
  } catch (error) {
    throw refuseUserWrite(error, context.log, {
      conflict: new AuthRefusal(422, "user_already_exists", "User already registered"),
      failure: "Database error saving new user",
    });
  }
}

async function insertAnonymousUser(
  client: PoolClient,
  data: Readonly<Record<string, unknown>>,
): Promise<string> {
  const id = randomUUID();
  await client.query(
    `insert into users (instance_id, id, aud, role, raw_app_meta_data, raw_user_meta_data, is_anonymous, created_at, updated_at)
     values ('00000000-0000-0000-0000-000000000000', $1, 'authenticated', 'authenticated', '{}', $2, true, now(), now())`,
    [id, JSON.stringify(data)],
  );
  return id;
}
