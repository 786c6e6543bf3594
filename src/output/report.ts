import type { ExitCode } from "../core/exit-code.ts";
import type { Finding, Severity } from "../core/verdict.ts";
import type { Change, Plan } from "../plan/plan.ts";
import type { GateResult, StepStatus } from "../plan/run-event.ts";
import type { CheckGroup } from "./check-report.ts";
import type { SetAside } from "./set-aside.ts";

export interface ReportedStep {
  readonly id: string;
  readonly title: string;
  readonly status: StepStatus | "planned";
  readonly durationMs: number;
  readonly change: Change | null;
}

export interface ReportedGate {
  readonly id: string;
  readonly title: string;
  readonly verdict: GateResult["verdict"]["kind"];
  readonly findings: readonly Finding[];
  readonly evidence: unknown;
  /** Why it is inconclusive, what it asks of a person, or why it was waived. */
  readonly reason?: string;
  /** Who let it pass, and the last day that holds. */
  readonly waived?: { readonly by: string; readonly until: string };
  readonly durationMs: number;
}

export interface ReportedRule {
  readonly id: string;
  readonly title: string;
  readonly explanation: string;
  readonly fix: string;
  readonly severity: Severity;
  readonly tags: readonly string[];
}

export interface ReportedError {
  readonly code: string;
  readonly message: string;
  readonly detail?: string;
  readonly hint?: string;
}

/** What every command answers: rendered as text or JSON, its exitCode ends the process. */
export interface Report {
  readonly command: string;
  readonly target?: { readonly name: string; readonly ref: string; readonly url?: string };
  readonly exitCode: ExitCode;
  /** One line: the state things are in now. */
  readonly summary: string;
  readonly steps?: readonly ReportedStep[];
  readonly gates?: readonly ReportedGate[];
  /** The gates by checklist, or the rules of an audit; shown instead of the gates. */
  readonly checks?: readonly CheckGroup[];
  /** Findings that belong to no gate. */
  readonly findings?: readonly Finding[];
  /** Findings that do not count for a time: waived, or accepted by a baseline. */
  readonly setAside?: readonly SetAside[];
  /** What the rules behind the findings mean; a rule that is not here is known by its id alone. */
  readonly rules?: readonly ReportedRule[];
  /** Where the findings' files lie below the root of their repository, posix; "" at the root. */
  readonly below?: string;
  /** The bytes this report speaks about, for an attestation of it. */
  readonly subjects?: readonly { readonly name: string; readonly sha256: string }[];
  readonly plan?: Plan;
  readonly error?: ReportedError;
  /** Facts a person wants next: label and value, in order. */
  readonly facts?: readonly (readonly [string, string])[];
  /** The command's own answer (status, doctor, local …); its fields stand at the top of the --json document. */
  readonly data?: object | null;
  /** The command's own text, printed instead of the facts. */
  readonly text?: string;
  /** Exact commands to go on with. */
  readonly next?: readonly string[];
}
