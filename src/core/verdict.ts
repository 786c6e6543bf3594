export type Severity = "error" | "warning" | "info";

export interface Finding {
  /** Stable across runs; waivers refer to it. */
  readonly key: string;
  readonly rule: string;
  readonly severity: Severity;
  readonly subject: string;
  readonly detail: string;
  readonly fix: string;
  /** Line and column count from 1. */
  readonly location?: { readonly file: string; readonly line?: number; readonly column?: number };
}

export type Evidence = Readonly<Record<string, unknown>>;

/** What a gate answers. Only `pass` and a valid waiver let a deploy go on; "could not ask" is inconclusive. */
export type Verdict =
  | { readonly kind: "pass"; readonly evidence: Evidence }
  | { readonly kind: "fail"; readonly findings: readonly Finding[] }
  /** `figures` are kept with the run: a later one may go on from them. */
  | { readonly kind: "inconclusive"; readonly reason: string; readonly figures?: Evidence }
  | { readonly kind: "needs-human"; readonly ask: string }
  | { readonly kind: "waived"; readonly by: string; readonly reason: string; readonly until: string }
  | { readonly kind: "not-applicable"; readonly reason: string };
