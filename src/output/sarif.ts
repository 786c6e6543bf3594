import type { Finding } from "../core/verdict.ts";
import { type Check, type CheckReport, distinctChecks, distinctFindings } from "./check-report.ts";

const levels = { error: "error", warning: "warning", info: "note" } as const;

/**
 * SARIF 2.1.0 (OASIS). Findings are results of kind `fail`; what could not be measured is `open`, what waits for a
 * person `review`, and a waived check is a suppressed result, so that none of them reads as a pass.
 */
export function renderSarif(report: CheckReport): string {
  const findings = distinctFindings(report);
  const checks = distinctChecks(report);
  const titles = new Map(checks.map(({ id, title }) => [id, title]));
  const unsettled = checks.filter(({ verdict }) =>
    ["inconclusive", "needs-human", "waived"].includes(verdict),
  );
  const ids = [...new Set([...findings.map(({ rule }) => rule), ...unsettled.map(({ id }) => id)])].sort();
  const result = (ruleId: string, rest: object): object => ({
    ruleId,
    ruleIndex: ids.indexOf(ruleId),
    ...rest,
  });
  const document = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: report.tool.name,
            version: report.tool.version,
            rules: ids.map((id) => ({ id, shortDescription: { text: titles.get(id) ?? id } })),
          },
        },
        automationDetails: { id: `bee/${report.command}/${report.target?.name ?? "files"}/` },
        invocations: [
          {
            executionSuccessful: report.exitCode !== 1,
            exitCode: report.exitCode,
            startTimeUtc: report.startedAt,
            endTimeUtc: new Date(Date.parse(report.startedAt) + report.durationMs).toISOString(),
          },
        ],
        columnKind: "utf16CodeUnits",
        results: [
          ...findings.map((finding) => result(finding.rule, describeFinding(finding))),
          ...unsettled.map((check) => result(check.id, describeUnsettled(check))),
        ],
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function describeFinding({ key, severity, subject, detail, fix, location }: Finding): object {
  const region =
    location?.line == null
      ? {}
      : {
          region: {
            startLine: location.line,
            ...(location.column == null ? {} : { startColumn: location.column }),
          },
        };
  const place =
    location == null
      ? { logicalLocations: [{ fullyQualifiedName: subject }] }
      : { physicalLocation: { artifactLocation: { uri: toUri(location.file) }, ...region } };
  return {
    kind: "fail",
    level: levels[severity],
    message: { text: `${detail}\nFix: ${fix}` },
    locations: [place],
    partialFingerprints: { "beeKey/v1": key },
  };
}

function describeUnsettled({ id, title, verdict, reason = "" }: Check): object {
  const about = {
    message: { text: `${title}: ${reason}` },
    locations: [{ logicalLocations: [{ fullyQualifiedName: id }] }],
    partialFingerprints: { "beeKey/v1": id },
  };
  if (verdict === "waived") {
    const suppressions = [{ kind: "external", status: "accepted", justification: reason }];
    return { kind: "fail", level: "warning", ...about, suppressions };
  }
  return { kind: verdict === "needs-human" ? "review" : "open", level: "none", ...about };
}

/** A relative URI reference (RFC 3986): each part of the path encoded. */
function toUri(path: string): string {
  return path.split(/[\\/]/).map(encodeURIComponent).join("/");
}
