import { randomBytes, randomUUID } from "node:crypto";
import * as z from "zod";
import type { HttpReply, HttpRequest } from "../http/message.ts";
import { adminUserBody } from "./admin-fields.ts";
import type { AuthContext } from "./context.ts";
import { parseBody } from "./json-body.ts";
import { closeSessions } from "./logout.ts";
import { confirmEmail, insertEmailUser, refuseUserWrite } from "./new-user.ts";
import { checkPasswordStrength } from "./password.ts";
import { AuthRefusal } from "./refusal.ts";
import { withAuthTransaction } from "./transaction.ts";
import { readUser, renderUser, type UserRow, userColumns } from "./user.ts";
import { banUser, mergeMetadata, setEmail, setPassword, softDeleteUser } from "./user-change.ts";

const emailTaken = () =>
  new AuthRefusal(422, "email_exists", "A user with this email address has already been registered");

/** POST /admin/users. Without a password the user gets a random one nobody knows. */
export async function createUser(request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const body = parseBody(request, adminUserBody);
  const { email } = body;
  if (body.phone !== undefined)
    throw new AuthRefusal(422, "phone_provider_disabled", "Phone signups are disabled");
  if (email === undefined)
    throw new AuthRefusal(400, "validation_failed", "Cannot create a user without an email");
  const id = body.id ?? randomUUID();
  try {
    const user = await withAuthTransaction(context.pool, async (client) => {
      await insertEmailUser(client, {
        id,
        email,
        password: body.password ?? randomBytes(32).toString("base64url"),
        passwordCost: context.passwordCost,
        confirmed: body.email_confirm === true,
        role: body.role || "authenticated",
        appMetadata: body.app_metadata ?? {},
        userMetadata: body.user_metadata ?? {},
        describesItself: false,
      });
      if (body.ban_duration !== undefined) await banUser(client, id, body.ban_duration);
      return readUser(client, id);
    });
    return { status: 200, body: user === null ? {} : renderUser(user) };
  } catch (error) {
    throw refuseUserWrite(error, context.log, {
      conflict: emailTaken(),
      failure: "Database error creating new user",
    });
  }
}

const maxPerPage = 1000;

/** GET /admin/users?page&per_page, newest first, with x-total-count and a link header. */
export async function listUsers(request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const page = readCount(request.query, "page", 1, 1_000_000);
  const perPage = readCount(request.query, "per_page", 50, maxPerPage);
  const { rows } = await context.pool.query<UserRow>(
    `select ${userColumns} from auth.users u order by u.created_at desc, u.id limit $1 offset $2`,
    [perPage, (page - 1) * perPage],
  );
  const counted = await context.pool.query<{ total: number }>(
    "select count(*)::int as total from auth.users",
  );
  const total = counted.rows[0]?.total ?? 0;
  const last = Math.max(1, Math.ceil(total / perPage));
  // supabase-js reads the page from the first parameter of each link.
  const link = (to: number, rel: string) => `</admin/users?page=${to}&per_page=${perPage}>; rel="${rel}"`;
  const links = [...(page < last ? [link(page + 1, "next")] : []), link(last, "last")];
  return {
    status: 200,
    headers: { "x-total-count": String(total), link: links.join(", ") },
    body: { users: rows.map(renderUser), aud: "authenticated" },
  };
}

function readCount(query: URLSearchParams, name: string, fallback: number, max: number): number {
  const text = query.get(name) || String(fallback);
  const value = /^\d{1,7}$/.test(text) ? Number(text) : 0;
  if (value < 1)
    throw new AuthRefusal(400, "validation_failed", `Bad Pagination Parameters: ${name} must be 1 or more`);
  return Math.min(value, max);
}

async function loadUser(id: string, context: AuthContext): Promise<UserRow> {
  if (!z.uuid().safeParse(id).success) {
    throw new AuthRefusal(404, "validation_failed", "user_id must be an UUID");
  }
  const user = await readUser(context.pool, id);
  if (user === null) throw new AuthRefusal(404, "user_not_found", "User not found");
  return user;
}

/** GET /admin/users/:id. */
export async function showUser(id: string, context: AuthContext): Promise<HttpReply> {
  return { status: 200, body: renderUser(await loadUser(id, context)) };
}

/** PUT /admin/users/:id. A new password ends the user's sessions. */
export async function updateUser(id: string, request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const user = await loadUser(id, context);
  const body = parseBody(request, adminUserBody);
  if (body.phone !== undefined && body.phone !== user.phone) {
    throw new AuthRefusal(422, "phone_provider_disabled", "Phone logins are disabled");
  }
  if (body.password !== undefined) checkPasswordStrength(body.password);
  try {
    const updated = await withAuthTransaction(context.pool, async (client) => {
      if (body.ban_duration !== undefined) await banUser(client, id, body.ban_duration);
      if (body.role)
        await client.query("update users set role = $2, updated_at = now() where id = $1", [id, body.role]);
      if (body.password !== undefined) {
        await setPassword(client, id, body.password, context.passwordCost);
        await closeSessions(client, id, { except: null });
      }
      if (body.email !== undefined && body.email !== user.email) {
        await setEmail(client, id, body.email, { confirm: false });
      }
      if (body.email_confirm === true) await confirmEmail(client, id);
      if (body.app_metadata !== undefined)
        await mergeMetadata(client, id, "raw_app_meta_data", body.app_metadata);
      if (body.user_metadata !== undefined)
        await mergeMetadata(client, id, "raw_user_meta_data", body.user_metadata);
      return readUser(client, id);
    });
    return { status: 200, body: renderUser(updated ?? user) };
  } catch (error) {
    throw refuseUserWrite(error, context.log, { conflict: emailTaken(), failure: "Error updating user" });
  }
}

const deleteBody = z.object({ should_soft_delete: z.boolean().nullish() });

/** DELETE /admin/users/:id; `should_soft_delete` keeps the row without anything that names the person. */
export async function deleteUser(id: string, request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  await loadUser(id, context);
  const { should_soft_delete: soft } = parseBody(request, deleteBody);
  try {
    await withAuthTransaction(context.pool, async (client) => {
      if (soft === true) {
        await softDeleteUser(client, id);
        await closeSessions(client, id, { except: null });
      } else {
        await client.query("delete from users where id = $1", [id]);
      }
    });
    return { status: 200, body: {} };
  } catch (error) {
    throw refuseUserWrite(error, context.log, {
      conflict: emailTaken(),
      failure: "Database error deleting user",
    });
  }
}
