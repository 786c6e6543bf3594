import { describeDrill, drillMaxAgeDays, judgeDrill, readLastDrill } from "../plan/drill.ts";
import { defineGate } from "../ports/gate.ts";

/** The way back was rehearsed on a copy, lately and to a good end (plan: "backup and recovery tested"). */
export const recoveryTested = defineGate({
  id: "recovery-tested",
  title: `The way back was rehearsed in the last ${drillMaxAgeDays} days`,
  readOnly: true,
  needs: ["evidence"],
  check: async ({ ports }) => {
    const drill = readLastDrill(await ports.evidence.read(["drill"], 20));
    const now = Date.now();
    if (drill == null) {
      return {
        kind: "inconclusive",
        reason: "the way back was never rehearsed on this target: bee rollback --drill",
      };
    }
    const findings = judgeDrill(drill, now);
    if (findings.length > 0) return { kind: "fail", findings };
    return {
      kind: "pass",
      evidence: {
        drill: describeDrill(drill, now),
        at: drill?.at,
        minutes: drill?.minutes,
        rows: drill?.rows,
      },
    };
  },
});
