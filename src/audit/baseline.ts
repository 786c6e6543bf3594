import type { Finding } from "../core/verdict.ts";

export interface BaselineEntry {
  readonly key: string;
  /** Last day it holds, YYYY-MM-DD. */
  readonly until: string;
  readonly reason: string;
}

export interface Baseline {
  readonly schemaVersion: 1;
  readonly accepted: readonly BaselineEntry[];
}

export interface Judged {
  /** What counts. */
  readonly findings: readonly Finding[];
  readonly accepted: readonly Finding[];
  /** Entries past their day; what they accepted counts again. */
  readonly expired: readonly BaselineEntry[];
  /** Entries that accept nothing any more. */
  readonly unused: readonly BaselineEntry[];
}

const days = 90;

/** Sets accepted findings aside. `today` is YYYY-MM-DD. */
export function applyBaseline(findings: readonly Finding[], baseline: Baseline, today: string): Judged {
  const valid = new Set(baseline.accepted.filter(({ until }) => until >= today).map(({ key }) => key));
  const found = new Set(findings.map(({ key }) => key));
  return {
    findings: findings.filter(({ key }) => !valid.has(key)),
    accepted: findings.filter(({ key }) => valid.has(key)),
    expired: baseline.accepted.filter(({ key, until }) => until < today && found.has(key)),
    unused: baseline.accepted.filter(({ key }) => !found.has(key)),
  };
}

/** All that is found now, accepted for 90 days; entries that still hold keep their day and reason. */
export function assembleBaseline(findings: readonly Finding[], old: Baseline, today: string): Baseline {
  const kept = new Map(old.accepted.filter(({ until }) => until >= today).map((entry) => [entry.key, entry]));
  const until = new Date(Date.parse(today) + days * 86_400_000).toISOString().slice(0, 10);
  const accepted = findings.map(
    ({ key }) => kept.get(key) ?? { key, until, reason: "there when the baseline was written" },
  );
  return { schemaVersion: 1, accepted: [...accepted].sort((a, b) => (a.key < b.key ? -1 : 1)) };
}
