import { exitCodeMeanings } from "../core/exit-code.ts";
import type { Report } from "./report.ts";

export interface Timing {
  readonly startedAt: string;
  readonly durationMs: number;
}

/** The one document of --json; the command's own answer stands beside the common fields. */
export function renderJson(report: Report, timing: Timing): string {
  const { command, target, exitCode, summary, steps, gates, plan, error, data, next } = report;
  const findings = report.findings ?? gates?.flatMap((gate) => gate.findings);
  const document = {
    schemaVersion: 1,
    command,
    target: target ?? null,
    verdict: exitCodeMeanings[exitCode],
    exitCode,
    ...timing,
    summary,
    steps,
    gates,
    findings,
    plan,
    error,
    next,
    ...(data != null && typeof data === "object" ? data : {}),
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}
