import * as z from "zod";
import type { Finding } from "../core/verdict.ts";
import type { EvidenceRecord } from "./evidence-record.ts";

const count = z.number().int().min(0);

const recordSchema = z.object({
  ok: z.boolean(),
  /** What the drill found wrong, a line each; empty when ok. */
  problems: z.array(z.string()),
  /** Null when the ledger held none. */
  releaseFrom: z.string().nullable(),
  /** Null when there was nothing to go back to: then only copy and restore were rehearsed. */
  releaseTo: z.string().nullable(),
  /** Minutes by part: copy, compare, each layer by its name, prove, restore. */
  minutes: z.record(z.string(), z.number().min(0)),
  /** How the copy was made. */
  method: z.enum(["files", "rows"]),
  rows: count,
  /** Of the source's database. */
  bytes: count,
  /** Of the copy's catalog after going back. */
  catalogFingerprint: z.string(),
  /** Of the whole database, measured; null when it did not come to that. */
  restore: z.object({ bytes: count, ms: z.number().min(0) }).nullable(),
  tools: z.record(z.string(), z.string()),
});

/** What a drill leaves as evidence (kind `drill`). */
export type DrillRecord = Readonly<z.output<typeof recordSchema>>;

export interface Drill extends DrillRecord {
  /** ISO 8601, by the target's clock. */
  readonly at: string;
  readonly actor: string;
}

/** The newest drill among evidence of any kind, in any order; a body of another shape is none. */
export function readLastDrill(records: readonly EvidenceRecord[]): Drill | null {
  const drills = records
    .filter(({ kind }) => kind === "drill")
    .sort((a, b) => b.seq - a.seq)
    .flatMap(({ at, actor, body }) => {
      const parsed = recordSchema.safeParse(body);
      return parsed.success ? [{ ...parsed.data, at, actor }] : [];
    });
  return drills[0] ?? null;
}

/** A drill holds for so long; a backend changes faster than that. */
export const drillMaxAgeDays = 90;

const dayMs = 86_400_000;

/** One line: when, how it ended, how long the way back took. `now` in milliseconds since the epoch. */
export function describeDrill(drill: Drill | null, now: number): string {
  if (drill == null) return "never rehearsed";
  const { at, actor, ok, minutes, problems } = drill;
  const taken = Object.entries(minutes)
    .filter(([part]) => part !== "copy" && part !== "compare")
    .map(([part, value]) => `${part} ${renderMinutes(value)}`);
  const how = ok ? "everything came back" : `${problems.length} problems`;
  return `rehearsed ${renderAge(now - Date.parse(at))} by ${actor}: ${how}${
    taken.length === 0 ? "" : `; ${taken.join(", ")}`
  }`;
}

/** Reasons not to count on a way back; empty when the last drill is recent and ended well. */
export function judgeDrill(drill: Drill | null, now: number): readonly Finding[] {
  if (drill == null) return [finding("none", "the way back was never rehearsed on this target")];
  const days = Math.ceil((now - Date.parse(drill.at)) / dayMs);
  const old =
    now - Date.parse(drill.at) > drillMaxAgeDays * dayMs
      ? [finding("old", `the last drill is ${days} days old; it holds for ${drillMaxAgeDays}`)]
      : [];
  const failed = drill.ok
    ? []
    : [finding("failed", `the last drill (${drill.at}) failed: ${drill.problems.join("; ")}`)];
  return [...old, ...failed];
}

function finding(key: string, detail: string): Finding {
  return {
    key: `recovery-untested:${key}`,
    rule: "recovery-untested",
    severity: "error",
    subject: "drill",
    detail,
    fix: "bee rollback --drill",
  };
}

function renderMinutes(minutes: number): string {
  return minutes < 1 ? `${(minutes * 60).toFixed(1)} s` : `${minutes.toFixed(1)} min`;
}

function renderAge(ms: number): string {
  const days = Math.floor(ms / dayMs);
  if (days > 0) return days === 1 ? "1 day ago" : `${days} days ago`;
  const hours = Math.floor(ms / 3_600_000);
  return hours < 1 ? "within the hour" : hours === 1 ? "1 hour ago" : `${hours} hours ago`;
}
