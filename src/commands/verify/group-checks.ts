import type { Check, CheckGroup } from "../../output/check-report.ts";
import type { GateResult } from "../../plan/run-event.ts";
import type { Selection } from "../../plan/select-lines.ts";

/** The results as lines of their checklists. */
export function groupChecks(
  { groups }: Selection,
  results: readonly GateResult[],
  target: string,
): readonly CheckGroup[] {
  return groups.map(({ id, title, lines }) => ({
    id,
    title,
    checks: lines.flatMap(({ gate, line }): readonly Check[] => {
      const result = results.find((one) => one.id === gate);
      if (result == null) return [];
      const { verdict, durationMs } = result;
      return [
        {
          id: gate,
          title: line?.line ?? result.title,
          verdict: verdict.kind,
          findings: verdict.kind === "fail" ? verdict.findings : [],
          ...describe(result, target),
          ...(line == null ? {} : { severity: line.severity }),
          durationMs: Math.round(durationMs),
        },
      ];
    }),
  }));
}

function describe({ id, verdict }: GateResult, target: string): Pick<Check, "reason" | "fix"> {
  const on = target === "local" ? "" : ` --target ${target}`;
  switch (verdict.kind) {
    case "needs-human":
      return {
        reason: verdict.ask,
        fix: `bee attest ${id}${on} --by NAME --evidence URL|FILE --expires YYYY-MM-DD`,
      };
    case "waived":
      return { reason: `waived by ${verdict.by} until ${verdict.until}: ${verdict.reason}` };
    case "inconclusive":
    case "not-applicable":
      return { reason: verdict.reason };
    case "pass": {
      const { attestedBy, until, told } = verdict.evidence;
      if (attestedBy != null) return { reason: `attested by ${attestedBy} until ${until}` };
      return typeof told === "string" ? { reason: told } : {};
    }
    case "fail":
      return {};
  }
}
