import * as z from "zod";
import type { HttpReply, HttpRequest } from "../http/message.ts";
import type { AuthContext } from "./context.ts";
import { tokenField } from "./fields.ts";
import { parseBody } from "./json-body.ts";
import { AuthRefusal } from "./refusal.ts";
import { makeRefreshToken, readDevice, renderSession } from "./session.ts";
import { withAuthTransaction } from "./transaction.ts";
import { isBanned, readUser } from "./user.ts";

const refreshBody = z.object({ refresh_token: tokenField });

/** Seconds in which a spent token still yields its successor: two tabs that refresh at once both stay signed in. */
export const reuseSeconds = 10;

interface TokenRow {
  readonly user_id: string;
  readonly session_id: string;
  readonly expired: boolean;
  readonly revoked: boolean;
  readonly within_reuse: boolean;
  readonly active_token: string | null;
  readonly active_parent: string | null;
}

/** POST /token?grant_type=refresh_token. A token spent for good and used again revokes its whole family. */
export async function refreshSession(request: HttpRequest, context: AuthContext): Promise<HttpReply> {
  const { refresh_token: token } = parseBody(request, refreshBody);
  if (token === undefined) throw new AuthRefusal(400, "validation_failed", "refresh_token required");
  const outcome = await withAuthTransaction(context.pool, async (client) => {
    // The session row is the lock: refreshes of one session take turns, and each sees what the last one left.
    const locked = await client.query(
      `select 1 from sessions s join refresh_tokens t on t.session_id = s.id where t.token = $1 for update of s`,
      [token],
    );
    if (locked.rowCount === 0) return notFound();
    const row = (await client.query<TokenRow>(tokenQuery, [token])).rows[0];
    if (row === undefined) return notFound();
    const user = await readUser(client, row.user_id);
    if (user === null) return notFound();
    if (isBanned(user)) return new AuthRefusal(400, "user_banned", "Invalid Refresh Token: User Banned");
    if (row.expired) return new AuthRefusal(400, "session_expired", "Invalid Refresh Token: Session Expired");

    const mayReuse = row.active_token !== null && (row.within_reuse || row.active_parent === token);
    if (row.revoked && !mayReuse) {
      await client.query(
        "update refresh_tokens set revoked = true, updated_at = now() where session_id = $1",
        [row.session_id],
      );
      return new AuthRefusal(400, "refresh_token_already_used", "Invalid Refresh Token: Already Used");
    }
    const refreshToken = row.revoked && row.active_token !== null ? row.active_token : makeRefreshToken();
    if (!row.revoked) await client.query(swapQuery, [token, refreshToken, row.user_id, row.session_id]);
    const device = readDevice(request);
    await client.query(
      `update sessions set refreshed_at = now() at time zone 'utc', updated_at = now(), user_agent = $2, ip = $3
       where id = $1`,
      [row.session_id, device.userAgent, device.ip],
    );
    return renderSession(client, context.sign, { user, sessionId: row.session_id, refreshToken });
  });
  if (outcome instanceof AuthRefusal) throw outcome;
  return outcome;
}

const tokenQuery = `
  select s.user_id, s.id as session_id, coalesce(s.not_after < now(), false) as expired,
    coalesce(t.revoked, false) as revoked,
    t.updated_at > clock_timestamp() - interval '${reuseSeconds} seconds' as within_reuse,
    active.token as active_token, active.parent as active_parent
  from refresh_tokens t
  join sessions s on s.id = t.session_id
  left join lateral (
    select a.token, a.parent from refresh_tokens a
    where a.session_id = s.id and not a.revoked order by a.id desc limit 1
  ) active on true
  where t.token = $1`;

const swapQuery = `
  with spent as (
    update refresh_tokens set revoked = true, updated_at = clock_timestamp() where token = $1
  )
  insert into refresh_tokens (token, user_id, revoked, created_at, updated_at, parent, session_id)
  values ($2, $3::uuid::text, false, now(), now(), $1, $4)`;

function notFound(): AuthRefusal {
  return new AuthRefusal(400, "refresh_token_not_found", "Invalid Refresh Token: Refresh Token Not Found");
}
