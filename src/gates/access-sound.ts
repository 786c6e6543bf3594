import type { Finding } from "../core/verdict.ts";
import type { Query } from "../ports/database.ts";
import { defineGate } from "../ports/gate.ts";
import { type AccessLintRow, assembleAccessQuery, notJudged } from "./access-lints.ts";

interface AccessFindings {
  readonly findings: readonly Finding[];
  /** Why a part could not be judged, such as a role of the API that is not there. */
  readonly notJudged: readonly string[];
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
    notJudged: rows.filter(({ rule }) => rule === notJudged).map(({ detail }) => detail),
    findings: rows
      .filter(({ rule }) => rule !== notJudged)
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
    const { query } = ports.database;
    const judged = await readAccessFindings(query, facts.exposedSchemas, facts.access?.public);
    const { findings } = judged;
    if (findings.some(({ severity }) => severity === "error")) {
      return { kind: "fail", findings: findings.filter(({ severity }) => severity !== "info") };
    }
    if (judged.notJudged.length > 0) return { kind: "inconclusive", reason: judged.notJudged.join("; ") };
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
