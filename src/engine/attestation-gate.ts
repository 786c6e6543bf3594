import type { Verdict } from "../core/verdict.ts";
import { type Checklist, type ChecklistLine, gateOf } from "../plan/checklist.ts";
import type { Gate } from "../ports/gate.ts";
import type { VerdictPolicy } from "./run-gates.ts";

/**
 * Every gate there is, and one per line of the checklists that only a person can answer. Where a line has both, the person
 * is asked when the gate does not apply.
 */
export function allGates(
  gates: readonly Gate[],
  checklists: readonly Checklist[],
  asked: { readonly policy: VerdictPolicy; readonly byName: boolean },
): readonly Gate[] {
  const asking = attestationGates(checklists, asked);
  return [
    ...gates.map((gate) => {
      const question = asking.find(({ id }) => id === gate.id);
      return question == null ? gate : askInstead(gate, question);
    }),
    ...asking.filter(({ id }) => !gates.some((gate) => gate.id === id)),
  ];
}

function askInstead(gate: Gate, question: Gate): Gate {
  const check: Gate["check"] = async (ctx) => {
    const measured = await gate.check(ctx);
    return measured.kind === "not-applicable" ? question.check(ctx) : measured;
  };
  return { ...gate, check };
}

/**
 * A line that only a person can answer always asks. Unless it is asked for by name, one that comes `after` another waits,
 * as not applicable, until that one is attested.
 */
function attestationGates(
  checklists: readonly Checklist[],
  asked: { readonly policy: VerdictPolicy; readonly byName: boolean },
): readonly Gate[] {
  const lines = checklists.flatMap((checklist) => checklist.lines);
  const plain = (line: ChecklistLine): Gate | null => {
    if (line.attest == null) return null;
    const { ask, evidence, scope } = line.attest;
    const verdict: Verdict = { kind: "needs-human", ask: `${ask} Evidence: ${evidence}.` };
    return {
      id: gateOf(line),
      title: line.line,
      readOnly: true,
      needs: [],
      scope,
      check: async () => verdict,
    };
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
