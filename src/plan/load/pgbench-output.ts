import type { LoadSecond } from "./stop-rule.ts";

/** One transaction of pgbench's log (manual, pgbench, "Per-Transaction Logging"). */
export interface PgbenchEntry {
  readonly client: number;
  /** Index of its script, in the order of -f. */
  readonly script: number;
  /** When it ended, or was given up; µs since the epoch. */
  readonly endUs: number;
  readonly outcome:
    | { readonly kind: "done"; readonly tookUs: number; readonly lagUs: number }
    /** Late by the limit before it could start. */
    | { readonly kind: "skipped" }
    /** `serialization`, `deadlock`, or what a later version may say. */
    | { readonly kind: "failed"; readonly why: string };
}

const entryLine = /^(\d+) \d+ (\d+|[a-z]+) (\d+) (\d+) (\d{1,6})(?: (\d+))?(?: \d+)?$/;

/** Null for a line that was cut off. */
export function parsePgbenchEntry(line: string): PgbenchEntry | null {
  const [, client, took = "", script, second, microsecond, lag = "0"] = entryLine.exec(line) ?? [];
  if (client == null) return null;
  const outcome: PgbenchEntry["outcome"] = /^\d/.test(took)
    ? { kind: "done", tookUs: Number(took), lagUs: Number(lag) }
    : took === "skipped"
      ? { kind: "skipped" }
      : { kind: "failed", why: took };
  return {
    client: Number(client),
    script: Number(script),
    endUs: Number(second) * 1_000_000 + Number(microsecond),
    outcome,
  };
}

/** How many transactions it says there were; its log must have them all. */
export interface PgbenchSummary {
  readonly processed: number;
  readonly failed: number;
  readonly skipped: number;
}

/** Null when it did not come to its end. Nothing was skipped where that line is missing. */
export function parsePgbenchSummary(stdout: string): PgbenchSummary | null {
  const count = (label: string): number | null => {
    const found = new RegExp(`^number of ${label}: (\\d+)`, "m").exec(stdout)?.[1];
    return found == null ? null : Number(found);
  };
  const processed = count("transactions actually processed");
  if (processed == null) return null;
  return {
    processed,
    failed: count("failed transactions") ?? 0,
    skipped: count("transactions skipped") ?? 0,
  };
}

/** Below this rate, seconds without an arrival are usual. */
const steadyRate = 4;

/**
 * One second as told on stderr. A second without a single end, though some were due, is one in which every client waits.
 * pgbench tells the mean alone; the p95 comes from the log at the end.
 */
export function parsePgbenchProgress(
  line: string,
  { rate, clients }: { readonly rate: number; readonly clients: number },
): LoadSecond | null {
  const found =
    /^progress: [\d.]+ s, ([\d.]+) tps, lat (\S+) ms stddev [^\s,]+(?:, (\d+) failed)?(?:, lag \S+ ms)?(?:, (\d+) skipped)?/.exec(
      line,
    );
  if (found == null) return null;
  const [, tps = "0", mean = "0", failed = "0", skipped = "0"] = found;
  const done = Math.round(Number(tps));
  const refused = Number(failed);
  return {
    ended: done + refused + Number(skipped),
    failed: refused,
    p95: Number.isFinite(Number(mean)) ? Number(mean) : 0,
    inFlight: done === 0 && rate >= steadyRate ? clients : 0,
    figure: "mean",
  };
}

/** A client that gave up: an error of its query or connection ends it, and the others go on. */
export interface AbortedClient {
  readonly client: number;
  readonly script: number | null;
  /** In one line, such as `ERROR: permission denied for table x`. */
  readonly why: string;
}

const longestWhy = 160;

export function parseAbortedClient(line: string): AbortedClient | null {
  const found = /\bclient (\d+) (?:script (\d+) )?aborted\b(.*)$/.exec(line);
  if (found == null) return null;
  const [, client, script, rest = ""] = found;
  const why = /(?:ERROR|FATAL|PANIC):\s.*$/.exec(rest)?.[0] ?? rest.replace(/^.*?: /, "");
  return {
    client: Number(client),
    script: script == null ? null : Number(script),
    why: why.replace(/\s+/g, " ").trim().slice(0, longestWhy) || "the connection ended",
  };
}
