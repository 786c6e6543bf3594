import { BeeError } from "../core/bee-error.ts";
import type { ReportedError, ReportedGate, ReportedStep } from "../output/report.ts";
import type { Change } from "../plan/plan.ts";
import type { GateResult, StepResult } from "../plan/run-event.ts";

export function reportStep({ id, title, status, durationMs, change }: StepResult): ReportedStep {
  return { id, title, status, durationMs: Math.round(durationMs), change: change as Change | null };
}

export function reportGate({ id, title, verdict, durationMs }: GateResult): ReportedGate {
  return {
    id,
    title,
    verdict: verdict.kind,
    findings: verdict.kind === "fail" ? verdict.findings : [],
    evidence: verdict.kind === "pass" ? verdict.evidence : null,
    ...reasonOf(verdict),
    durationMs: Math.round(durationMs),
  };
}

export function reportError(error: unknown): ReportedError {
  if (error instanceof BeeError) {
    const { code, message, detail, hint } = error;
    return { code, message, ...(detail == null ? {} : { detail }), ...(hint == null ? {} : { hint }) };
  }
  const message = error instanceof Error ? error.message : String(error);
  return {
    code: "BEE-E000",
    message: `A bug in bee: ${message}`,
    hint: "Run it again with --verbose and report what it prints.",
  };
}

function reasonOf(verdict: GateResult["verdict"]): Pick<ReportedGate, "reason" | "waived"> {
  switch (verdict.kind) {
    case "inconclusive":
    case "not-applicable":
      return { reason: verdict.reason };
    case "waived":
      return { reason: verdict.reason, waived: { by: verdict.by, until: verdict.until } };
    case "needs-human":
      return { reason: verdict.ask };
    default:
      return {};
  }
}
