import { posix } from "node:path";
import type { Finding } from "../core/verdict.ts";
import { type Check, type CheckReport, distinctChecks, distinctFindings } from "./check-report.ts";
import type { ReportedRule } from "./report.ts";

const levels = { error: "error", warning: "warning", info: "note" } as const;

/** GitHub refuses a run with more (docs: SARIF results exceed hard limit); the worst come first. */
const maxResults = 25_000;

/** Where what is in no file is shown: GitHub takes no result without one. */
const fallbackFile = "bee.config.yaml";

/**
 * SARIF 2.1.0 (OASIS), within what GitHub code scanning asks for: files below the repository's root, a line each, rules
 * by index, fingerprints that stay when code moves. Findings are results of kind `fail`; what could not be measured is
 * `open`, what waits for a person `review`, and what is waived or accepted a suppressed result, so that none of them
 * reads as a pass.
 */
export function renderSarif(report: CheckReport): string {
  const findings = distinctFindings(report);
  const checks = distinctChecks(report);
  const unsettled = checks.filter(({ verdict }) =>
    ["inconclusive", "needs-human", "waived"].includes(verdict),
  );
  const ids = [
    ...new Set([
      ...[...findings, ...report.setAside.map(({ finding }) => finding)].map(({ rule }) => rule),
      ...unsettled.map(({ id }) => id),
    ]),
  ].sort();
  const result = (ruleId: string, rest: object): object => ({
    ruleId,
    ruleIndex: ids.indexOf(ruleId),
    ...rest,
  });
  const results = [
    ...findings.map((finding) => result(finding.rule, describeFinding(finding, report.below))),
    ...unsettled.map((check) => result(check.id, describeUnsettled(check))),
    ...report.setAside.map(({ finding, why }) =>
      result(finding.rule, { ...describeFinding(finding, report.below), ...suppressed(why) }),
    ),
  ];
  const left = results.length - maxResults;
  const document = {
    $schema: "https://docs.oasis-open.org/sarif/sarif/v2.1.0/errata01/os/schemas/sarif-schema-2.1.0.json",
    version: "2.1.0",
    runs: [
      {
        tool: {
          driver: {
            name: report.tool.name,
            version: report.tool.version,
            rules: ids.map((id) => describeRule(id, report, checks)),
          },
        },
        automationDetails: { id: `bee/${report.command}/${report.target?.name ?? "files"}/` },
        originalUriBaseIds: { "%SRCROOT%": { description: { text: "The root of the repository" } } },
        invocations: [
          {
            executionSuccessful: report.exitCode !== 1,
            exitCode: report.exitCode,
            startTimeUtc: report.startedAt,
            endTimeUtc: new Date(Date.parse(report.startedAt) + report.durationMs).toISOString(),
            ...(left <= 0
              ? {}
              : {
                  toolExecutionNotifications: [
                    {
                      level: "warning",
                      message: { text: `${left} results more than a run may have are left out` },
                    },
                  ],
                }),
          },
        ],
        columnKind: "utf16CodeUnits",
        results: results.slice(0, maxResults),
      },
    ],
  };
  return `${JSON.stringify(document, null, 2)}\n`;
}

function describeRule(id: string, { rules }: CheckReport, checks: readonly Check[]): object {
  const known = rules.find((rule) => rule.id === id);
  if (known == null) {
    const title = checks.find((check) => check.id === id)?.title ?? id;
    return { id, shortDescription: { text: title } };
  }
  return {
    id,
    shortDescription: { text: `${known.title}.` },
    fullDescription: { text: known.explanation },
    help: { text: helpOf(known), markdown: helpOf(known) },
    defaultConfiguration: { level: levels[known.severity] },
    properties: { tags: known.tags },
  };
}

function helpOf({ explanation, fix }: ReportedRule): string {
  return `${explanation}\n\nFix: ${fix}`;
}

function describeFinding({ key, severity, subject, detail, fix, location }: Finding, below: string): object {
  const file = posix.join(below, location?.file ?? fallbackFile);
  const physicalLocation = describeFile(file, location?.line, location?.column);
  const place = location == null ? { ...nowhere(subject), physicalLocation } : { physicalLocation };
  return {
    kind: "fail",
    level: levels[severity],
    message: { text: `${detail}\nFix: ${fix}` },
    locations: [place],
    ...fingerprints(key),
  };
}

function describeFile(file: string, line = 1, column?: number): object {
  return {
    artifactLocation: { uri: toUri(file), uriBaseId: "%SRCROOT%" },
    region: { startLine: line, ...(column == null ? {} : { startColumn: column }) },
  };
}

function nowhere(name: string): object {
  return { logicalLocations: [{ fullyQualifiedName: name }] };
}

/** GitHub's own is of the line's text and how many of that there were before; a finding's key is of no less. */
function fingerprints(key: string): object {
  const [, hash, count = "1"] = /([0-9a-f]{12})(?:#(\d+))?$/.exec(key) ?? [];
  const own = hash == null ? {} : { primaryLocationLineHash: `${hash}:${count}` };
  return { partialFingerprints: { ...own, "beeKey/v1": key } };
}

function suppressed(why: string): object {
  return { suppressions: [{ kind: "external", status: "accepted", justification: why }] };
}

function describeUnsettled({ id, title, verdict, reason = "" }: Check): object {
  const about = {
    message: { text: `${title}: ${reason}` },
    locations: [{ ...nowhere(id), physicalLocation: describeFile(fallbackFile) }],
    ...fingerprints(id),
  };
  if (verdict === "waived") return { kind: "fail", level: "warning", ...about, ...suppressed(reason) };
  return { kind: verdict === "needs-human" ? "review" : "open", level: "none", ...about };
}

/** A relative URI reference (RFC 3986): each part of the path encoded. */
function toUri(path: string): string {
  return path.split(/[\\/]/).map(encodeURIComponent).join("/");
}
