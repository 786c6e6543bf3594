import type { Checklist } from "../checklist.ts";

/** A probe that is not answered by then counts as unanswered. */
const probePatienceMs = 10_000;

export interface LoadThresholds {
  /** 95 % of the calls must take less than this. */
  readonly limitMs: number;
  /** Less than this share of the calls may fail. */
  readonly errorShare: number;
  /** The one of both that is judged, where the other is not asked for. */
  readonly only?: "latency" | "errors";
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

/** `Real-time updates within 30 seconds` → 30,000. Null for other lines. */
export function parsePatience(line: string): number | null {
  const found = /\bwithin\s+(\d+(?:\.\d+)?)\s*(?:s|seconds?)\b/i.exec(line);
  return found == null ? null : Number(found[1]) * 1000;
}

/** `Uptime: > 99.9% availability` → 0.001, the share that may be lost. Null for other lines. */
export function parseAvailability(line: string): number | null {
  const found = />\s*(\d+(?:\.\d+)?)\s*%/.exec(line);
  return found == null ? null : Number((1 - Number(found[1]) / 100).toFixed(9));
}

/** The limits as the success metrics word them, by the gates that judge them; null when a line does not say one. */
export function findThresholds(
  checklists: readonly Checklist[],
  gate: "functions-p95" | "database-p95" | "realtime-latency" | "uptime",
): LoadThresholds | null {
  const lines = checklists.flatMap((checklist) => checklist.lines);
  // Several lists ask the same gate; not each of them names the limit.
  const find = (id: string, parse: (line: string) => number | null): number | null => {
    const found = lines.filter((line) => line.gate === id).map(({ line }) => parse(line));
    return found.find((limit) => limit != null) ?? null;
  };
  if (gate === "realtime-latency") {
    const limitMs = find(gate, parsePatience);
    return limitMs == null ? null : { limitMs, errorShare: 1, only: "latency" };
  }
  if (gate === "uptime") {
    const errorShare = find(gate, parseAvailability);
    return errorShare == null ? null : { limitMs: probePatienceMs, errorShare, only: "errors" };
  }
  const limitMs = find(gate, parseLatencyLimit);
  const errorShare = find("error-rate", parseShareLimit);
  return limitMs == null || errorShare == null ? null : { limitMs, errorShare };
}
