import type { BeeError } from "../../core/bee-error.ts";
import { type ExitCode, exitCodes } from "../../core/exit-code.ts";
import type { Finding } from "../../core/verdict.ts";
import type { RehearsedRestore } from "../../engine/rehearse-restore.ts";
import { formatBytes } from "../../output/format-bytes.ts";
import { formatDuration } from "../../output/format-duration.ts";
import { countRows } from "../../plan/contents.ts";
import type { DrillRecord } from "../../plan/drill.ts";
import type { Release } from "../../plan/release.ts";
import type { Copy } from "../copy.ts";

/** Something found wrong on the copy. */
export interface DrillProblem {
  readonly rule: string;
  readonly subject: string;
  readonly detail: string;
  readonly fix?: string;
}

export interface DrillPart {
  /** copy, compare, a layer's name, prove, restore. */
  readonly part: string;
  readonly ms: number;
  /** One line on how it ended. */
  readonly state: string;
}

/** What a drill gathers while it goes; told also when it ends early. */
export interface DrillNotes {
  readonly parts: DrillPart[];
  readonly problems: DrillProblem[];
  releases: readonly Release[];
  /** Null when there is no release to go back to. */
  to: Release | null;
  fingerprint: string;
  restored: RehearsedRestore | null;
  postgres: string;
}

export interface DrillOutcome {
  readonly exitCode: ExitCode;
  readonly summary: string;
  readonly facts: readonly (readonly [string, string])[];
  /** For --json: the record, and where it is kept. */
  readonly data: Readonly<Record<string, unknown>>;
  readonly findings: readonly Finding[];
}

export function describeCopy({ method, bytes }: Copy): string {
  return `${formatBytes(bytes)}, from its ${method}`;
}

export function describeFailure({ code, message, hint }: BeeError): DrillProblem {
  const problem = { rule: "drill-broken", subject: code, detail: `${code} ${message}` };
  return hint == null ? problem : { ...problem, fix: hint };
}

/** Before there is anything to tell. */
export function interrupted(ms: number): DrillOutcome {
  return {
    exitCode: exitCodes.interrupted,
    summary: `interrupted after ${formatDuration(ms)}; the copy is deleted, the target was only read`,
    facts: [],
    data: {},
    findings: [],
  };
}

export function assembleRecord(notes: DrillNotes, copy: Copy, version: string): DrillRecord {
  const { parts, problems, releases, to, fingerprint, restored, postgres } = notes;
  return {
    ok: problems.length === 0,
    problems: problems.map(({ detail }) => detail),
    releaseFrom: releases[0]?.id ?? null,
    releaseTo: to?.id ?? null,
    minutes: Object.fromEntries(parts.map(({ part, ms }) => [part, Math.round(ms / 6) / 10_000])),
    method: copy.method,
    rows: countRows(copy.source.tables),
    bytes: copy.bytes,
    catalogFingerprint: fingerprint,
    restore: restored == null ? null : { bytes: copy.bytes, ms: restored.durationMs },
    tools: { bee: version, node: process.version, postgres },
  };
}

const shown = 20;

export function assembleOutcome(
  { parts, problems, to, restored }: DrillNotes,
  copy: Copy,
  record: DrillRecord,
  seq: number,
  ms: number,
): DrillOutcome {
  const nothing = "nothing to go back to: functions and database were not rehearsed, copy and restore were";
  const rate =
    restored == null || restored.durationMs === 0
      ? []
      : [["rate", `${formatBytes((copy.bytes / restored.durationMs) * 1000)}/s restored`] as const];
  const found = problems.length === 1 ? "1 problem" : `${problems.length} problems`;
  return {
    exitCode: record.ok ? exitCodes.ok : exitCodes.refused,
    summary: `${record.ok ? "rehearsed, everything came back" : `rehearsed, ${found}`}, after ${formatDuration(ms)}; the target was not changed`,
    facts: [
      ...parts.map(({ part, ms: took, state }) => [part, `${state} (${formatDuration(took)})`] as const),
      ...rate,
      ...(to == null ? [["", nothing] as const] : []),
      ...copy.notes.map((line) => ["", line] as const),
      ...problems.slice(0, shown).map(({ detail }) => ["no", detail] as const),
      ["evidence", `record ${seq}`],
    ],
    data: { drill: record, evidence: seq, tookMs: ms },
    findings: problems.map(({ rule, subject, detail, fix }) => ({
      key: `${rule}:${subject}`,
      rule,
      severity: "error",
      subject,
      detail,
      fix: fix ?? "Find out what differs before anybody has to go back for real; then: bee rollback --drill",
    })),
  };
}
