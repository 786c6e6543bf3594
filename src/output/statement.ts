import { canonicalJson, sha256 } from "../plan/digest.ts";
import { type CheckReport, distinctChecks, distinctFindings } from "./check-report.ts";

export interface StatementSubject {
  readonly name: string;
  /** Hex. */
  readonly sha256: string;
}

/**
 * An in-toto Statement v1 with a test-result v0.1 predicate: these bytes were tried like this. Only what passed counts
 * as passed; what could not be measured or waits for a person stands among the failed, a waived check among the warned.
 * The configuration's digest is that of what was asked.
 */
export function renderStatement(report: CheckReport, subjects: readonly StatementSubject[]): string {
  const checks = distinctChecks(report);
  const ids = (...kinds: readonly string[]): readonly string[] =>
    checks.filter(({ verdict }) => kinds.includes(verdict)).map(({ id }) => id);
  const loose = distinctFindings({ groups: [], findings: report.findings });
  const failedTests = [
    ...ids("fail", "inconclusive", "needs-human"),
    ...loose.filter(({ severity }) => severity === "error").map(({ key }) => key),
  ];
  const warnedTests = [
    ...ids("waived"),
    ...loose.filter(({ severity }) => severity === "warning").map(({ key }) => key),
  ];
  const { tool, command, target } = report;
  const statement = {
    _type: "https://in-toto.io/Statement/v1",
    subject: subjects.map(({ name, sha256 }) => ({ name, digest: { sha256 } })),
    predicateType: "https://in-toto.io/attestation/test-result/v0.1",
    predicate: {
      result: failedTests.length > 0 ? "FAILED" : warnedTests.length > 0 ? "WARNED" : "PASSED",
      configuration: [
        {
          name: `${tool.name} ${command}`,
          digest: { sha256: sha256(canonicalJson(checks.map(({ id, title }) => ({ id, title })))) },
          annotations: {
            version: tool.version,
            ...(target == null ? {} : { target: target.name, ref: target.ref }),
            startedAt: report.startedAt,
          },
        },
      ],
      passedTests: ids("pass"),
      warnedTests,
      failedTests,
    },
  };
  return `${JSON.stringify(statement, null, 2)}\n`;
}
