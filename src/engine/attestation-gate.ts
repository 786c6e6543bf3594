import type { Verdict } from "../core/verdict.ts";
import type { Checklist, ChecklistLine } from "../plan/checklist.ts";
import type { Gate } from "../ports/gate.ts";
import type { VerdictPolicy } from "./run-gates.ts";

/**
 * One gate per line of the checklists that only a person can answer: it always asks. Unless it is asked for by name, a
 * line that comes `after` another one waits, as not applicable, until that one is attested.
 */
export function attestationGates(
  checklists: readonly Checklist[],
  asked: { readonly policy: VerdictPolicy; readonly byName: boolean },
): readonly Gate[] {
  const lines = checklists.flatMap((checklist) => checklist.lines);
  const plain = (line: ChecklistLine): Gate | null => {
    if (line.attest == null) return null;
    const { ask, evidence, scope } = line.attest;
    const verdict: Verdict = { kind: "needs-human", ask: `${ask} Evidence: ${evidence}.` };
    return { id: line.id, title: line.line, readOnly: true, needs: [], scope, check: async () => verdict };
  };
  return lines.flatMap((line) => {
    const gate = plain(line);
    if (gate == null) return [];
    const prior = lines.find(({ id }) => id === line.after);
    const before = prior == null ? null : plain(prior);
    if (prior == null || before == null || asked.byName) return [gate];
    const check: Gate["check"] = async (ctx) => {
      const held = await asked.policy(before, await before.check(ctx));
      if (held.kind === "pass" || held.kind === "waived") return gate.check(ctx);
      return { kind: "not-applicable", reason: `comes after: ${prior.line}` };
    };
    return [{ ...gate, check }];
  });
}
