import type { LoadPlan, LoadResult } from "../../plan/load/result.ts";
import { assembleStages } from "../../plan/load/schedule.ts";
import type { AppSession } from "../../ports/app-gateway.ts";
import type { ScoreArrivals } from "../../tools/load/score-arrivals.ts";
import type { CommandContext } from "../context.ts";
import { createLoadProgress } from "./load-progress.ts";
import type { TenantUser } from "./tenant.ts";

export interface OfferEvents {
  readonly ctx: CommandContext;
  readonly plan: LoadPlan;
  readonly users: readonly TenantUser[];
  readonly signal: AbortSignal;
}

export interface SeenUpdates {
  readonly result: LoadResult;
  /** Scores of the first user that the second one was shown. */
  readonly leaked: number;
  /** The second user was shown their own score, so they would have been shown more. */
  readonly strangerSees: boolean;
}

const table = "daily_engagement_scores";
const calculator = "/functions/v1/momentum-score-calculator";
const inFlightLimit = 200;

/**
 * Logs events of a user at fixed times, has each calculated, and waits until the same user is shown a score that it went
 * into, by one clock. A second user is subscribed all the while.
 */
export async function offerEvents({ ctx, plan, users, signal }: OfferEvents): Promise<SeenUpdates> {
  const [{ runOpenModel }, { collectScores }] = await Promise.all([
    import("../../tools/load/open-model.ts"),
    import("../../tools/load/score-arrivals.ts"),
  ]);
  const [owner, stranger] = users;
  if (owner == null || stranger == null) throw new TypeError("two users are needed");
  const [own, other] = await Promise.all([owner.watch(table), stranger.watch(table)]);
  const arrivals = collectScores(own, owner.userId);
  const strangers = collectScores(other, stranger.userId);
  try {
    const result = await runOpenModel({
      plan,
      stages: assembleStages(plan.profile, plan.rate, plan.durationMs),
      call: (n) => ({
        endpoint: { name: "score seen", isFunction: false },
        run: (cut) => seeEvent(owner, arrivals, `bee_probe_${n}`, plan.limitMs, cut),
      }),
      inFlightLimit,
      signal,
      onSecond: createLoadProgress(ctx, plan),
    });
    const strangerSees =
      !signal.aborted && (await seeEvent(stranger, strangers, "bee_probe_own", plan.limitMs, signal)) == null;
    return { result, leaked: strangers.counts.foreign, strangerSees };
  } finally {
    await Promise.all([arrivals.stop(), strangers.stop()]);
  }
}

/** Null when the score came; else what kept it: a refusal of the event or the calculation, or `lost`. */
async function seeEvent(
  user: AppSession,
  arrivals: ScoreArrivals,
  type: string,
  patienceMs: number,
  cut: AbortSignal,
): Promise<string | null> {
  const send = (path: string, json: unknown, accepts: number): Promise<string | null> =>
    user.send({ method: "POST", path, headers: { prefer: "return=minimal" }, json }).then(
      ({ status }) => (status === accepts ? null : String(status)),
      (error: unknown) => (error instanceof Error && "code" in error ? String(error.code) : "no answer"),
    );
  const refused = await send("/rest/v1/engagement_events", { event_type: type }, 201);
  if (refused != null) return `event ${refused}`;
  const seen = arrivals.await(type, patienceMs, cut).then((arrived) => (arrived ? null : "lost"));
  const failed = send(calculator, {}, 200);
  const broken = failed.then((why) => (why == null ? seen : `calculator ${why}`));
  return Promise.race([seen, broken]);
}
