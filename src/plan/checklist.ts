import type { ScopeKind } from "./scope.ts";

export interface Attestable {
  /** What the person is asked. */
  readonly ask: string;
  /** What they hand in. */
  readonly evidence: string;
  /** What their word is for; when that changes, they are asked again. */
  readonly scope: ScopeKind;
}

/**
 * One line of the plan, as worded there. Measured by a gate, or attested by a person; then its id is the gate's. With both
 * a person is asked where the gate does not apply.
 */
export interface ChecklistLine {
  readonly id: string;
  readonly line: string;
  /** The plan's section. */
  readonly source: string;
  readonly severity: "blocker" | "major" | "minor";
  readonly gate?: string | undefined;
  readonly attest?: Attestable | undefined;
  /** A line that must hold before this one is asked, unless it is asked for by name. */
  readonly after?: string | undefined;
}

/** checklists/<name>.yaml. */
export interface Checklist {
  readonly id: string;
  readonly title: string;
  readonly lines: readonly ChecklistLine[];
}

/** The gate that answers a line. */
export function gateOf({ id, gate }: ChecklistLine): string {
  return gate ?? id;
}
