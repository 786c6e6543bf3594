/** What one statement of a role took, over all its calls. Times in ms. */
export interface StatementTotals {
  /** Query id and role: the same from one reading to the next. */
  readonly key: string;
  readonly role: string;
  /** With `$1` for its constants. */
  readonly query: string;
  readonly calls: number;
  readonly totalMs: number;
  /** Sum of the squares of the times. */
  readonly squares: number;
  /** The slowest call ever since the counters began. */
  readonly maxMs: number;
  readonly rows: number;
  /** Blocks found in the cache, and read from disk or the system. */
  readonly hit: number;
  readonly read: number;
}

/** A reading of pg_stat_statements, the API's roles alone. */
export interface StatementSnapshot {
  /** By the database's clock; ISO 8601. */
  readonly at: string;
  /** When the counters began; ISO 8601. */
  readonly since: string;
  /** How often entries were thrown out for want of room. */
  readonly evicted: number;
  readonly entries: readonly StatementTotals[];
}

/** What happened between two readings. */
export interface StatementDelta {
  readonly from: string;
  readonly to: string;
  /** Counters were reset or entries thrown out meanwhile: calls may be missing. */
  readonly incomplete: boolean;
  /** Those with calls, most time first. */
  readonly entries: readonly StatementTotals[];
}

/** No reset is needed: counters only grow. What was not there before counts whole. */
export function diffStatements(before: StatementSnapshot, after: StatementSnapshot): StatementDelta {
  const earlier = new Map(before.entries.map((entry) => [entry.key, entry]));
  const reset = before.since !== after.since;
  const entries = after.entries.flatMap((entry) => {
    const prior = reset ? undefined : earlier.get(entry.key);
    // Fewer than before: it was thrown out and came again.
    const grown = prior == null || prior.calls > entry.calls ? entry : subtract(entry, prior);
    return grown.calls > 0 ? [grown] : [];
  });
  return {
    from: before.at,
    to: after.at,
    incomplete: reset || before.evicted !== after.evicted,
    entries: entries.toSorted((one, other) => other.totalMs - one.totalMs),
  };
}

function subtract(entry: StatementTotals, prior: StatementTotals): StatementTotals {
  const less = (key: "calls" | "totalMs" | "squares" | "rows" | "hit" | "read"): number =>
    Math.max(0, entry[key] - prior[key]);
  return {
    ...entry,
    calls: less("calls"),
    totalMs: less("totalMs"),
    squares: less("squares"),
    rows: less("rows"),
    hit: less("hit"),
    read: less("read"),
  };
}

/** One-sided Chebyshev (Cantelli): at most 5 % lie further above the mean than this many deviations. */
const deviationsOfP95 = Math.sqrt(19);

/** Mean, and what its 95th percentile is at most; the counters hold no percentiles. In ms. */
export function boundStatement({ calls, totalMs, squares, maxMs }: StatementTotals): {
  readonly meanMs: number;
  readonly p95AtMostMs: number;
} {
  const { mean, deviation } = momentsOf({ calls, totalMs, squares });
  return { meanMs: mean, p95AtMostMs: Math.min(maxMs, mean + deviationsOfP95 * deviation) };
}

/**
 * How many of all calls took `limitMs` or longer, at most: none of a statement whose slowest call ever was quicker, else by
 * Cantelli's inequality, var / (var + (limit − mean)²).
 */
export function countOverAtMost(entries: readonly StatementTotals[], limitMs: number): number {
  const sum = entries.reduce((most, entry) => most + overAtMost(entry, limitMs), 0);
  return Math.max(0, Math.ceil(sum - 1e-9));
}

function overAtMost(entry: StatementTotals, limitMs: number): number {
  if (entry.maxMs < limitMs) return 0;
  const { mean, deviation } = momentsOf(entry);
  if (mean >= limitMs) return entry.calls;
  const variance = deviation * deviation;
  return entry.calls * (variance / (variance + (limitMs - mean) ** 2));
}

function momentsOf({ calls, totalMs, squares }: Pick<StatementTotals, "calls" | "totalMs" | "squares">) {
  const mean = calls === 0 ? 0 : totalMs / calls;
  const variance = calls === 0 ? 0 : Math.max(0, squares / calls - mean * mean);
  return { mean, deviation: Math.sqrt(variance) };
}

/** One line, short. */
export function nameStatement({ query }: Pick<StatementTotals, "query">, length = 80): string {
  const line = query.replace(/\s+/g, " ").trim();
  return line.length <= length ? line : `${line.slice(0, length - 1)}…`;
}
