import { createProbeUsers } from "../../engine/probe-users.ts";
import { lockTtlMs, withLock } from "../../engine/with-lock.ts";
import type { AppSession } from "../../ports/app-gateway.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";

export type TenantUser = AppSession & { readonly userId: string };

export interface Tenant {
  readonly users: readonly TenantUser[];
}

export interface TenantOutcome<T> {
  readonly value: T;
  /** Synthetic users that are still there, by the database's word. */
  readonly left: number;
}

const atOnce = 8;
const historyDays = 7;
const countSql = "select count(*)::int as users from auth.users where id = any ($1::uuid[])";

/**
 * Runs `work` with synthetic users who have a week of events, and takes them and, by the foreign keys, all their rows
 * away again, whatever happens. Holds the target's lock meanwhile: a deploy would take the users away.
 */
export async function withTenant<T>(
  ctx: CommandContext,
  target: Target,
  count: number,
  work: (tenant: Tenant, signal: AbortSignal) => Promise<T>,
): Promise<TenantOutcome<T>> {
  const note = (text: string): void => ctx.emit({ type: "note", text });
  const request = { holder: ctx.actor, message: "bee loadtest", ttlMs: lockTtlMs };
  return withLock(
    target.lock,
    request,
    ctx.signal,
    async (_lease, signal) => {
      const pool = createProbeUsers(target.ports.app, target.ports.database);
      const users: TenantUser[] = [];
      const removal = { done: false };
      const remove = async (): Promise<number> => {
        removal.done = true;
        await pool.removeAll();
        const ids = users.map(({ userId }) => userId);
        const rows = await target.ports.database.query<{ users: number }>(countSql, [ids]);
        const left = rows[0]?.users ?? ids.length;
        note(
          left === 0
            ? `${ids.length} synthetic users removed, none is left`
            : `${left} synthetic users are left`,
        );
        return left;
      };
      try {
        for (let from = 0; from < count && !signal.aborted; from += atOnce) {
          const labels = Array.from(
            { length: Math.min(atOnce, count - from) },
            (_, index) => `load${from + index}`,
          );
          users.push(...(await Promise.all(labels.map((label) => pool.get(label)))));
        }
        await Promise.all(users.map(seed));
        const value = await work({ users }, signal);
        return { value, left: await remove() };
      } finally {
        if (!removal.done)
          await remove().catch(() => note("synthetic users could not be removed; the next run removes them"));
      }
    },
    note,
  );
}

/** Three events a day for a week: a score of nothing is no work. */
async function seed(user: TenantUser): Promise<void> {
  const day = 24 * 60 * 60 * 1000;
  const json = Array.from({ length: historyDays * 3 }, (_, index) => ({
    event_type: ["lesson_completion", "journal_entry", "app_session"][index % 3],
    occurred_at: new Date(Date.now() - Math.floor(index / 3) * day).toISOString(),
    idempotency_key: `bee-load-seed-${index}`,
  }));
  await user.send({ path: "/rest/v1/engagement_events", headers: { prefer: "return=minimal" }, json });
}
