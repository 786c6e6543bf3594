import type { Verdict } from "../core/verdict.ts";
import { judgeProof } from "../plan/access/isolation-proof.ts";
import type { IsolationReport } from "../plan/access/judge-isolation.ts";
import { defineGate } from "../ports/gate.ts";

/**
 * Rows of two users in every table, then every way to the other's rows, as everybody the API lets in: tables,
 * partitions by name, views, functions; `bee verify rls` alone. In one transaction that is rolled back. A guarded target
 * is compared with what was proven elsewhere.
 */
export const rlsIsolated = defineGate({
  id: "rls-isolated",
  title: "No role of the API reaches another user's data, by any way",
  readOnly: false,
  after: ["migrations.apply"],
  needs: ["isolation"],
  check: async ({ ports, facts }) =>
    judgeIsolationReport(
      await ports.isolation.prove({
        schemas: facts.exposedSchemas,
        ...(facts.access == null ? {} : { settings: facts.access }),
      }),
    ),
  // A blind write that meets a real hole would lock every row there is until it is rolled back.
  checkGuarded: async ({ ports, facts }) =>
    judgeProof(facts.isolationProof ?? null, await ports.isolation.fingerprint(facts.exposedSchemas)),
});

/** Fail beats not verified; not verified is never passed. */
export function judgeIsolationReport(report: IsolationReport): Verdict {
  const { findings, unverified, denials, relations, functions, probes, roundTrips } = report;
  if (findings.some(({ severity }) => severity === "error")) return { kind: "fail", findings };
  if (unverified.length > 0) {
    return {
      kind: "inconclusive",
      reason: `not verified: ${unverified.map(({ subject, why }) => `${subject} (${why})`).join("; ")}. Give rows with bee verify rls --seed FILE, or mend access in bee.config.yaml.`,
    };
  }
  return {
    kind: "pass",
    evidence: {
      relations,
      functions,
      attempts: probes,
      denials,
      roundTrips,
      warnings: findings.filter(({ severity }) => severity === "warning").map(({ key }) => key),
    },
  };
}
