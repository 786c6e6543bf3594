import { boundShare, chanceOfAtMost, neededSamples } from "./binomial.ts";
import type { EvidenceRecord } from "./evidence-record.ts";

/** One success metric as it was measured: how many of how many were bad (too slow, failed, lost, wrong). */
export interface Measurement {
  /** The id of the gate that judges it, such as `functions-p95`. */
  readonly metric: string;
  readonly bad: number;
  readonly total: number;
  /** Where the figures come from: a tool, a query, a window. */
  readonly source: string;
  /** For people: the percentile or the mean, with its unit. */
  readonly shown?: string;
}

/** A measurement with the record it lies in. */
export interface RecordedMeasurement extends Measurement {
  /** ISO 8601. */
  readonly at: string;
  readonly seq: number;
  /** Id of the release that was live; null when there was none. */
  readonly release: string | null;
}

/** The newest measurement of a metric; `records` are of kind `loadtest`, newest first. Null when there is none. */
export function findMeasurement(
  records: readonly EvidenceRecord[],
  metric: string,
): RecordedMeasurement | null {
  for (const { body, at, seq } of records) {
    const listed: unknown = body["measurements"];
    if (!Array.isArray(listed)) continue;
    const found = listed.find(isMeasurement(metric));
    if (found == null) continue;
    const release = body["release"];
    return { ...found, at, seq, release: typeof release === "string" ? release : null };
  }
  return null;
}

function isMeasurement(metric: string): (value: unknown) => value is Measurement {
  return (value): value is Measurement => {
    if (value == null || typeof value !== "object") return false;
    const { metric: named, bad, total, source, shown } = value as Record<string, unknown>;
    const counts = Number.isInteger(bad) && Number.isInteger(total) && Number(bad) >= 0;
    const told = typeof source === "string" && (shown === undefined || typeof shown === "string");
    return named === metric && counts && Number(bad) <= Number(total) && told;
  };
}

/** Whether even so few samples show, at 95 %, that the true share is above the limit. */
export function isSurelyOver(bad: number, total: number, limit: number): boolean {
  return bad > 0 && bad / total > limit && chanceOfAtMost(bad - 1, total, limit) >= 0.95;
}

export interface ShareJudgement {
  readonly kind: "under" | "over" | "too few";
  /** The true share is at most this, with 95 % confidence. */
  readonly bound: number;
  /** Samples that suffice when none is bad. */
  readonly floor: number;
}

/**
 * Whether the true share of bad ones lies under `limit`, by the exact one-sided 95 % bound (Clopper and Pearson 1934).
 * A percentile is the same question: p95 < 2 s means that less than 5 % took 2 s or longer.
 */
export function judgeShare(
  { bad, total }: Pick<Measurement, "bad" | "total">,
  limit: number,
): ShareJudgement {
  const floor = neededSamples(limit);
  const bound = boundShare(bad, total);
  if ((total >= floor && bad / total >= limit) || isSurelyOver(bad, total, limit))
    return { kind: "over", bound, floor };
  const certain = total > 0 && bad / total < limit && chanceOfAtMost(bad, total, limit) <= 0.05;
  return { kind: certain ? "under" : "too few", bound, floor };
}
