import { inFlightLimitOf } from "../../plan/load/assemble-plan.ts";
import { type HotQuery, spreadByWeight } from "../../plan/load/hot-queries.ts";
import type { LoadPlan, LoadResult } from "../../plan/load/result.ts";
import { assembleStages } from "../../plan/load/schedule.ts";
import type { LoadDatabase } from "../../ports/load-database.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";
import type { DatabaseEngine } from "./choose-database-engine.ts";
import { createLoadProgress } from "./load-progress.ts";
import { plainRunner } from "./plain-runner.ts";
import type { TenantUser } from "./tenant.ts";

export interface OfferQueries {
  readonly ctx: CommandContext;
  readonly target: Target;
  readonly database: LoadDatabase;
  readonly engine: DatabaseEngine;
  readonly plan: LoadPlan;
  readonly queries: readonly HotQuery[];
  readonly users: readonly TenantUser[];
  /** Connections at once. */
  readonly sessions: number;
  readonly signal: AbortSignal;
}

/** They connect all at once, beside bee's own. */
const pgbenchClients = 10;

/** Runs the hot queries as the synthetic users, by the chosen engine. Without queries or users nothing is run. */
export async function offerQueries(offer: OfferQueries): Promise<LoadResult> {
  const { engine, queries, users, signal } = offer;
  const none = queries.length === 0 || users.length === 0 || signal.aborted;
  return engine.kind === "pgbench" && !none ? offerByPgbench(offer, engine) : offerEmbedded(offer, none);
}

async function offerByPgbench(
  { ctx, target, plan, queries, users, sessions, signal }: OfferQueries,
  { version, path }: Extract<DatabaseEngine, { kind: "pgbench" }>,
): Promise<LoadResult> {
  const { runPgbench } = await import("../../tools/load/pgbench.ts");
  const { roots, ...address } = await target.readAddress();
  return runPgbench({
    version,
    path,
    plan,
    queries,
    userIds: users.map(({ userId }) => userId),
    address,
    roots,
    clients: Math.min(sessions, pgbenchClients),
    invoke: await plainRunner(),
    signal,
    onSecond: createLoadProgress(ctx, plan),
  });
}

async function offerEmbedded(
  { ctx, database, plan, queries, users, signal }: OfferQueries,
  none: boolean,
): Promise<LoadResult> {
  const { runOpenModel } = await import("../../tools/load/open-model.ts");
  const round = spreadByWeight(queries);
  return runOpenModel({
    plan,
    stages: none ? [] : assembleStages(plan.profile, plan.rate, plan.durationMs),
    call: (n) => {
      const query = round[n % round.length];
      const user = users[Math.floor(n / round.length) % users.length];
      return {
        endpoint: { name: query?.name ?? "none", isFunction: false },
        run: async () => (query == null || user == null ? "none" : database.run(query, user.userId)),
      };
    },
    inFlightLimit: inFlightLimitOf(plan),
    signal,
    onSecond: createLoadProgress(ctx, plan),
  });
}
