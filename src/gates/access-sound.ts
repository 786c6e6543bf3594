import type { Finding } from "../core/verdict.ts";
import type { Query } from "../ports/database.ts";
import { defineGate } from "../ports/gate.ts";
import { type AccessLintRow, assembleAccessQuery, roleMissing } from "./access-lints.ts";

interface AccessFindings {
  readonly findings: readonly Finding[];
  /** Roles of the API that the database does not have: then nothing was judged. */
  readonly missingRoles: readonly string[];
}

/**
 * What the catalog shows of who can reach what, in one round trip. `declaredPublic` names relations (`schema.name`)
 * whose rows everybody may read on purpose.
 */
export async function readAccessFindings(
  query: Query,
  exposedSchemas: readonly string[],
  declaredPublic: readonly string[] = [],
): Promise<AccessFindings> {
  const rows = await query<AccessLintRow>(assembleAccessQuery(), [exposedSchemas, declaredPublic]);
  return {
    missingRoles: rows.filter(({ rule }) => rule === roleMissing).map(({ subject }) => subject),
    findings: rows
      .filter(({ rule }) => rule !== roleMissing)
      .map((row) => ({ key: `${row.rule}:${row.subject}`, ...row })),
  };
}

/** The catalog gives nobody more than the policies mean to (plan step 1.3; docs/access-lints.md lists the lints). */
export const accessSound = defineGate({
  id: "access-sound",
  title: "Policies, grants, views and functions let nobody past",
  readOnly: true,
  after: ["migrations.apply"],
  needs: ["database"],
  check: async ({ ports, facts }) => {
    const { findings, missingRoles } = await readAccessFindings(ports.database.query, facts.exposedSchemas);
    if (missingRoles.length > 0) {
      return {
        kind: "inconclusive",
        reason: `there is no role ${missingRoles.join(", ")}: grants to it cannot be judged`,
      };
    }
    if (findings.some(({ severity }) => severity === "error")) return { kind: "fail", findings };
    const of = (severity: Finding["severity"]) => findings.filter((finding) => finding.severity === severity);
    return {
      kind: "pass",
      evidence: {
        warnings: of("warning").map(({ key, detail }) => `${key}: ${detail}`),
        notes: of("info").length,
      },
    };
  },
});
