import * as z from "zod";
import {
  boundStatement,
  countOverAtMost,
  diffStatements,
  nameStatement,
  type StatementDelta,
  type StatementSnapshot,
} from "../plan/load/statement-stats.ts";
import { type SourceAnswer, toMinute } from "../plan/metric-reading.ts";
import type { Release } from "../plan/release.ts";
import type { GateContext } from "../ports/gate.ts";
import { defineMetricGate, type MetricSource } from "./metric-gate.ts";
import { readStatementStats } from "./statement-stats.ts";

const id = "database-p95";
const source = "pg_stat_statements";
const limitMs = 500;
/** Records of earlier runs. */
const lookedAt = 50;
/** Of the counters that are noted for the next run, those with most calls. */
const noted = 500;

/** What an earlier run noted of the counters: calls, time and its squares by statement. */
const notedSchema = z.object({
  at: z.string(),
  since: z.string(),
  evicted: z.number(),
  totals: z.record(z.string(), z.tuple([z.number(), z.number(), z.number()])),
});

/**
 * The counters hold no percentile and reach back to before the release. So the difference to the first reading of the
 * release is taken, which the gate notes itself, and the share over the limit is bounded from mean and deviation.
 */
const statements: MetricSource = {
  name: source,
  async read(ctx, release) {
    const now = await readStatementStats(ctx.ports.database);
    if (now.kind === "missing") return [{ kind: "silent", source, why: now.why }];
    const before = now.since >= release.recordedAt ? null : await findNoted(ctx, release, now);
    const more = { statements: note(now) };
    if (before === "none") {
      const why = `its counters reach back to ${toMinute(now.since)}, before ${release.id}; they are noted now: ask again after some use`;
      return [{ kind: "silent", source, why, more }];
    }
    const delta = diffStatements(before ?? { ...now, at: now.since, entries: [] }, now);
    return [judge(delta)];
  },
};

function judge(delta: StatementDelta): SourceAnswer {
  const { entries, from, to, incomplete } = delta;
  const total = entries.reduce((sum, { calls }) => sum + calls, 0);
  if (incomplete)
    return { kind: "silent", source, why: `counters were reset or thrown out since ${toMinute(from)}` };
  const [slowest] = entries.toSorted(
    (one, other) => boundStatement(other).p95AtMostMs - boundStatement(one).p95AtMostMs,
  );
  const shown =
    slowest == null
      ? {}
      : {
          shown: `slowest: p95 at most ${boundStatement(slowest).p95AtMostMs.toFixed(1)} ms, ${nameStatement(slowest)}`,
        };
  const bad = countOverAtMost(entries, limitMs);
  return { kind: "counted", source, window: { from, to }, bad, total, atMost: true, ...shown };
}

function note({ at, since, evicted, entries }: StatementSnapshot): z.infer<typeof notedSchema> {
  const most = entries.toSorted((one, other) => other.calls - one.calls).slice(0, noted);
  const totals = Object.fromEntries(
    most.map(({ key, calls, totalMs, squares }) => [
      key,
      [calls, totalMs, squares] as [number, number, number],
    ]),
  );
  return { at, since, evicted, totals };
}

/** The oldest note of this release that the same counters belong to. */
async function findNoted(
  { ports }: GateContext,
  release: Release,
  now: StatementSnapshot,
): Promise<StatementSnapshot | "none"> {
  const records = await ports.evidence.read(["verify"], lookedAt);
  for (const { body } of records.toReversed()) {
    if (body["release"] !== release.id) continue;
    const figures = body["figures"] as
      | Readonly<Record<string, Readonly<Record<string, unknown>>>>
      | undefined;
    const parsed = notedSchema.safeParse(figures?.[id]?.["statements"]);
    if (!parsed.success || parsed.data.since !== now.since) continue;
    const { at, since, evicted, totals } = parsed.data;
    const rest = { role: "", query: "", maxMs: 0, rows: 0, hit: 0, read: 0 };
    const entries = Object.entries(totals).map(([key, [calls, totalMs, squares]]) => ({
      ...rest,
      key,
      calls,
      totalMs,
      squares,
    }));
    return { at, since, evicted, entries };
  }
  return "none";
}

/** p95 < 500 ms: less than 5 % took 500 ms or longer. */
export const databaseP95 = defineMetricGate({
  id,
  title: "Queries end within 500 ms at the 95th percentile",
  bad: "queries took 500 ms or longer",
  limit: 0.05,
  fix: "Look at pg_stat_statements for the slowest and explain them as the API's role, policies included.",
  measuredBy: "bee loadtest database",
  needs: ["database"],
  sources: [statements],
});
