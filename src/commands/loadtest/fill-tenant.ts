import type { AppReply } from "../../ports/app-gateway.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";
import type { TenantUser } from "./tenant.ts";

const historyDays = 30;
const dayMs = 24 * 60 * 60 * 1000;

/**
 * A month of scores and a row of preferences for each synthetic user: a query that finds nothing asks no policy. They go
 * with their users. What the project does not take is told, and no reason to stop.
 */
export async function fillTenant(
  ctx: CommandContext,
  { ports }: Target,
  users: readonly TenantUser[],
  tables: readonly string[],
): Promise<void> {
  const headers = { prefer: "return=minimal" };
  const writes: Promise<readonly [string, AppReply]>[] = [];
  if (tables.includes("daily_engagement_scores")) {
    const path = "/rest/v1/daily_engagement_scores";
    const json = users.flatMap(({ userId }) => scoresOf(userId, ctx.clock.now()));
    writes.push(
      ports.app
        .service()
        .send({ path, headers, json })
        .then((reply) => [path, reply] as const),
    );
  }
  if (tables.includes("notification_preferences")) {
    const path = "/rest/v1/notification_preferences";
    for (const user of users) {
      const json = { user_id: user.userId };
      writes.push(user.send({ path, headers, json }).then((reply) => [path, reply] as const));
    }
  }
  const refused = (await Promise.all(writes)).filter(([, { status }]) => status >= 300);
  const told = new Set(refused.map(([path, { status }]) => `${path} answered ${status}`));
  for (const text of told)
    ctx.emit({ type: "note", text: `${text}: synthetic users have no rows there, so its queries are quick` });
}

function scoresOf(userId: string, now: number): readonly object[] {
  return Array.from({ length: historyDays }, (_, age) => ({
    user_id: userId,
    score_date: new Date(now - (age + 1) * dayMs).toISOString().slice(0, 10),
    raw_score: 50,
    final_score: 50,
    momentum_state: "Steady",
    events_count: 3,
    algorithm_version: "v1.0",
  }));
}
