import type { Checklist } from "../checklist.ts";

export interface LoadThresholds {
  /** 95 % of the calls must take less than this. */
  readonly limitMs: number;
  /** Less than this share of the calls may fail. */
  readonly errorShare: number;
}

/** `Edge Function Response Time: < 2 seconds p95` → 2000; `< 500ms p95` → 500. Null for other lines. */
export function parseLatencyLimit(line: string): number | null {
  const found = /<\s*(\d+(?:\.\d+)?)\s*(ms|milliseconds?|s|seconds?)\s+p95\b/i.exec(line);
  if (found == null) return null;
  const value = Number(found[1]);
  return /^m/i.test(found[2] ?? "") ? value : value * 1000;
}

/** `Error Rate: < 1% for critical functions` → 0.01. Null for other lines. */
export function parseShareLimit(line: string): number | null {
  const found = /<\s*(\d+(?:\.\d+)?)\s*%/.exec(line);
  return found == null ? null : Number(found[1]) / 100;
}

/** The limits as the success metrics word them, by the gates that judge them; null when a line does not say one. */
export function findThresholds(
  checklists: readonly Checklist[],
  latencyGate: "functions-p95" | "database-p95",
): LoadThresholds | null {
  const lines = checklists.flatMap((checklist) => checklist.lines);
  // Several lists ask the same gate; not each of them names the limit.
  const find = (gate: string, parse: (line: string) => number | null): number | null => {
    const found = lines.filter((line) => line.gate === gate).map(({ line }) => parse(line));
    return found.find((limit) => limit != null) ?? null;
  };
  const limitMs = find(latencyGate, parseLatencyLimit);
  const errorShare = find("error-rate", parseShareLimit);
  return limitMs == null || errorShare == null ? null : { limitMs, errorShare };
}
