import { boundShare } from "../binomial.ts";
import type { LoadLine } from "./judge-load.ts";
import type { LoadResult } from "./result.ts";

/** What is compared of a kept run. */
export type ComparedRun = Pick<
  LoadResult,
  "plan" | "engine" | "all" | "latency" | "p95Range" | "ending" | "faults"
>;

/** A release may be this much slower than the one before. */
const tolerance = 0.1;

const fewest = 59;

/**
 * Whether `after` is at most 10 % slower than `before`, and fails no more often. A slower p95 whose 95 % interval still
 * meets the other's is inconclusive: longer runs tell. Runs of different loads are not compared.
 */
export function compareRuns(before: ComparedRun, after: ComparedRun): readonly LoadLine[] {
  const unlike = describeUnlike(before, after);
  if (unlike != null) return [{ id: "comparable", kind: "inconclusive", text: unlike }];
  return [compareP95(before, after), compareErrors(before, after)];
}

function describeUnlike(before: ComparedRun, after: ComparedRun): string | null {
  const differing = (["what", "scenario", "profile", "rate"] as const).filter(
    (key) => before.plan[key] !== after.plan[key],
  );
  if (differing.length > 0)
    return `the runs differ: ${differing.map((key) => `${key} ${before.plan[key]} and ${after.plan[key]}`).join(", ")}`;
  if (before.engine !== after.engine) return `the engines differ: ${before.engine} and ${after.engine}`;
  const partial = [before, after].some(({ ending }) => ending.kind !== "completed");
  if (partial) return "one of the runs did not go to its end";
  const [fault] = [before, after].flatMap(({ faults = [] }) => faults);
  if (fault != null) return `one of the runs is not whole: ${fault}`;
  const few = Math.min(before.all.total, after.all.total);
  return few < fewest ? `too few samples: ${few}, ${fewest} are needed` : null;
}

function compareP95(before: ComparedRun, after: ComparedRun): LoadLine {
  const [was, is] = [before.latency?.p95, after.latency?.p95];
  if (was == null || is == null || was === 0)
    return { id: "p95", kind: "inconclusive", text: "one of the runs has no latencies" };
  const change = is / was - 1;
  const text = `p95 ${was.toFixed(1)} ms → ${is.toFixed(1)} ms (${change >= 0 ? "+" : ""}${(change * 100).toFixed(1)} %, at most +${tolerance * 100} %)`;
  if (is <= was * (1 + tolerance)) return { id: "p95", kind: "pass", text };
  const apart = (after.p95Range?.[0] ?? is) > (before.p95Range?.[1] ?? was);
  return apart
    ? { id: "p95", kind: "fail", text }
    : { id: "p95", kind: "inconclusive", text: `${text}; the runs are too short to tell it from chance` };
}

function compareErrors(before: ComparedRun, after: ComparedRun): LoadLine {
  const bound = boundShare(before.all.failed, before.all.total);
  const share = after.all.failed / after.all.total;
  const text = `failed ${before.all.failed} of ${before.all.total} → ${after.all.failed} of ${after.all.total}`;
  return { id: "errors", kind: share > bound ? "fail" : "pass", text };
}
