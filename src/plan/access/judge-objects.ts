import type { Finding } from "../../core/verdict.ts";
import type { ProbeOutcome } from "./judge-probes.ts";
import type { ObjectProbe } from "./object-probes.ts";

export interface TriedObject {
  readonly probe: ObjectProbe;
  readonly outcome: ProbeOutcome;
}

/**
 * Refused is 42501 and nothing else: whatever came after the question for rights (a key that leads to the table, a
 * server that does not answer) came too late.
 */
export function judgeObjects(tried: readonly TriedObject[]): readonly Finding[] {
  const findings = tried.flatMap(({ probe, outcome }): readonly Finding[] => {
    const [first, message] = outcome;
    if (first === "42501") return [];
    const late =
      typeof first === "string" ? `; rights were enough, only ${first} ${String(message)} stopped it` : "";
    const { rule, severity, subject, persona, aim, fix, statement } = probe;
    return [
      {
        key: `${rule}:${subject}:${persona.id}`,
        rule,
        severity,
        subject,
        detail: `${persona.title} may ${aim}${late}. Shown by: set role ${persona.role}; ${statement}`,
        fix,
      },
    ];
  });
  // A sequence that no table counts by stands in every group.
  return [...new Map(findings.map((one) => [one.key, one])).values()];
}

const shownBy: Readonly<Record<string, string>> = {
  "truncate-granted": "rls-truncate",
  "sequence-writable": "sequence-set",
  "foreign-table-exposed": "rls-read",
};

/** What the catalog shows, without what a statement has shown of the same object. */
export function leaveUnshown(further: readonly Finding[], shown: readonly Finding[]): readonly Finding[] {
  return further.filter(
    ({ rule, subject }) => !shown.some((one) => one.rule === shownBy[rule] && one.subject === subject),
  );
}
