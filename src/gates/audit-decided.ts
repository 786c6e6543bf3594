import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";

const gate = "audit-decided";

/** Each function was decided on, and is still what was decided on (plan: keep-or-delete audit of the functions). */
export const auditDecided = defineGate({
  id: gate,
  title: "Every function is decided on",
  readOnly: true,
  needs: [],
  check: async ({ facts: { verdicts } }) => {
    if (verdicts == null)
      return { kind: "not-applicable", reason: "the project keeps no checklists/audit-verdicts.yaml" };
    if (verdicts.kind === "unreadable")
      return {
        kind: "inconclusive",
        reason: `checklists/audit-verdicts.yaml cannot be read: ${verdicts.mistakes.join("; ")}`,
      };
    if (verdicts.open.length === 0) return { kind: "pass", evidence: { functions: verdicts.functions } };
    return {
      kind: "fail",
      findings: verdicts.open.map(({ slug, detail, fix }) => finding(gate, slug, detail, fix)),
    };
  },
});
