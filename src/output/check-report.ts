import type { ExitCode } from "../core/exit-code.ts";
import type { Finding, Verdict } from "../core/verdict.ts";
import type { Timing } from "./render-json.ts";
import type { Report, ReportedRule } from "./report.ts";
import type { SetAside } from "./set-aside.ts";

/** One thing that was checked: a line of a checklist, a rule of an audit. */
export interface Check {
  readonly id: string;
  /** What holds when it passes, in one line. */
  readonly title: string;
  readonly verdict: Verdict["kind"];
  readonly findings: readonly Finding[];
  /** Why it is inconclusive or waived, or what it asks of a person. */
  readonly reason?: string;
  /** What to do next; a finding has its own. */
  readonly fix?: string;
  readonly severity?: "blocker" | "major" | "minor";
  readonly durationMs: number;
}

export interface CheckGroup {
  readonly id: string;
  readonly title: string;
  readonly checks: readonly Check[];
}

/** What the files of --report are rendered from, whatever the command. */
export interface CheckReport {
  readonly tool: { readonly name: string; readonly version: string };
  readonly command: string;
  readonly target: { readonly name: string; readonly ref: string } | null;
  /** ISO 8601. */
  readonly startedAt: string;
  readonly durationMs: number;
  readonly exitCode: ExitCode;
  readonly groups: readonly CheckGroup[];
  /** Those that belong to no check. */
  readonly findings: readonly Finding[];
  /** Findings that do not count for a time. */
  readonly setAside: readonly SetAside[];
  readonly rules: readonly ReportedRule[];
  /** Where the findings' files lie below the root of their repository, posix. */
  readonly below: string;
}

/** A command's Report as the files of --report are rendered from it. */
export function assembleCheckReport(report: Report, timing: Timing, version: string): CheckReport {
  const {
    command,
    target,
    exitCode,
    checks = [],
    findings = [],
    setAside = [],
    rules = [],
    below = "",
  } = report;
  return {
    tool: { name: "bee", version },
    command,
    target: target == null ? null : { name: target.name, ref: target.ref },
    ...timing,
    exitCode,
    groups: checks,
    findings,
    setAside,
    rules,
    below,
  };
}

/** Every finding, of checks and besides, once. */
export function distinctFindings(report: Pick<CheckReport, "groups" | "findings">): readonly Finding[] {
  const all = [...distinctChecks(report).flatMap(({ findings }) => findings), ...report.findings];
  return [...new Map(all.map((finding) => [`${finding.key}\n${finding.detail}`, finding])).values()];
}

/** Everything that was checked, once: one gate may answer lines of several checklists. */
export function distinctChecks({ groups }: Pick<CheckReport, "groups">): readonly Check[] {
  return [...new Map(groups.flatMap(({ checks }) => checks).map((check) => [check.id, check])).values()];
}

/** `12 pass, 1 fail, 3 needs-human`, in that order. */
export function countVerdicts(checks: readonly Pick<Check, "verdict">[]): string {
  const order = ["fail", "inconclusive", "needs-human", "waived", "not-applicable", "pass"] as const;
  return order
    .map((kind) => [checks.filter(({ verdict }) => verdict === kind).length, kind] as const)
    .filter(([count]) => count > 0)
    .map(([count, kind]) => `${count} ${kind}`)
    .join(", ");
}
