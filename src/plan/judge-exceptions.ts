import type { Finding, Verdict } from "../core/verdict.ts";
import type { Exceptions, Waiver } from "./exception.ts";
import { findingScope } from "./scope.ts";

/**
 * A verdict as attestations and waivers leave it. A waiver of a finding takes away just that finding; a gate whose
 * findings are all waived is waived. Whatever was given for something else (`scope` differs) counts as none.
 */
export function applyExceptions(
  gate: string,
  verdict: Verdict,
  exceptions: Exceptions,
  scope: string,
): Verdict {
  if (verdict.kind === "pass" || verdict.kind === "waived" || verdict.kind === "not-applicable")
    return verdict;
  const attested = exceptions.attestations.get(gate);
  if (verdict.kind === "needs-human" && attested?.scope === scope) {
    const { by, evidence, expires } = attested;
    return { kind: "pass", evidence: { attestedBy: by, ...evidence, until: expires } };
  }
  const waiver = exceptions.gateWaivers.get(gate);
  if (waiver?.scope === scope) return waived([waiver]);
  if (verdict.kind !== "fail") return verdict;
  const { open, used } = splitFindings(verdict.findings, exceptions);
  return open.length > 0 ? { kind: "fail", findings: open } : waived(used);
}

/** The findings that no valid waiver takes away, and the waivers that took the others. */
function splitFindings(
  findings: readonly Finding[],
  { findingWaivers }: Pick<Exceptions, "findingWaivers">,
): { readonly open: readonly Finding[]; readonly used: readonly Waiver[] } {
  const waiverOf = (finding: Finding): Waiver | undefined => {
    const waiver = findingWaivers.get(finding.key);
    return waiver?.scope === findingScope(finding) ? waiver : undefined;
  };
  return {
    open: findings.filter((finding) => waiverOf(finding) == null),
    used: findings.flatMap((finding) => waiverOf(finding) ?? []),
  };
}

function waived(waivers: readonly Waiver[]): Verdict {
  const unique = (values: readonly string[]): string => [...new Set(values)].join(", ");
  return {
    kind: "waived",
    by: unique(waivers.map(({ owner }) => owner)),
    reason: unique(waivers.map(({ reason }) => reason)),
    until: waivers.map(({ expires }) => expires).sort()[0] ?? "",
  };
}
