import type { Finding } from "../core/verdict.ts";
import type { Waiver } from "../plan/exception.ts";
import { auditedScope } from "../plan/scope.ts";

export interface WaivedFinding {
  readonly finding: Finding;
  readonly waiver: Waiver;
}

export interface Waived {
  /** What counts. */
  readonly findings: readonly Finding[];
  readonly waived: readonly WaivedFinding[];
  /** The file, or the finding's weight, is another one than the waiver was given for, so it counts. */
  readonly lapsed: readonly WaivedFinding[];
}

/** Sets waived findings aside. `waivers` are those that stand, by key; `texts` the audited files by path. */
export function applyWaivers(
  findings: readonly Finding[],
  waivers: ReadonlyMap<string, Waiver>,
  texts: ReadonlyMap<string, string>,
): Waived {
  const named = findings.flatMap((finding): readonly WaivedFinding[] => {
    const waiver = waivers.get(finding.key);
    return waiver == null ? [] : [{ finding, waiver }];
  });
  const holds = ({ finding, waiver }: WaivedFinding): boolean =>
    waiver.scope === auditedScope(finding, texts.get(finding.location?.file ?? "") ?? null);
  const waived = named.filter(holds);
  const aside = new Set(waived.map(({ finding }) => finding.key));
  return {
    findings: findings.filter(({ key }) => !aside.has(key)),
    waived,
    lapsed: named.filter((one) => !holds(one)),
  };
}
