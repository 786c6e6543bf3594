import type { Finding } from "../core/verdict.ts";
import type { Check, CheckReport } from "./check-report.ts";
import type { SetAside } from "./set-aside.ts";

interface Case {
  readonly name: string;
  readonly className: string;
  readonly seconds: number;
  /** The one child element that says it did not pass; null when it did. */
  readonly outcome: { readonly element: "failure" | "error" | "skipped"; readonly xml: string } | null;
}

/**
 * JUnit XML as CI servers read it. A "no" is a failure; what could not be measured or waits for a person is an error,
 * since a skipped test counts as good in most of them.
 */
export function renderJunit(report: CheckReport): string {
  const suites = [
    ...report.groups.map(({ id, title, checks }) => ({
      name: title,
      cases: checks.map((check) => assembleCase(`bee.${report.command}.${id}`, check)),
    })),
    ...(report.findings.length + report.setAside.length === 0
      ? []
      : [
          {
            name: report.command,
            cases: [
              ...report.findings.map((one) => assembleFinding(report.command, one)),
              ...report.setAside.map((one) => assembleAside(report.command, one)),
            ],
          },
        ]),
  ];
  const all = suites.flatMap(({ cases }) => cases);
  const lines = suites.flatMap(({ name, cases }) => [
    `  <testsuite name="${escapeXml(name)}" ${counts(cases)} timestamp="${escapeXml(report.startedAt)}">`,
    ...cases.map(renderCase),
    "  </testsuite>",
  ]);
  const head = `<testsuites name="bee ${escapeXml(report.command)}" ${counts(all)}>`;
  return `${['<?xml version="1.0" encoding="UTF-8"?>', head, ...lines, "</testsuites>"].join("\n")}\n`;
}

function assembleCase(className: string, check: Check): Case {
  const { id, title, durationMs } = check;
  return { name: `${id}: ${title}`, className, seconds: durationMs / 1000, outcome: assembleOutcome(check) };
}

function assembleFinding(command: string, finding: Finding): Case {
  const { rule, subject, severity } = finding;
  const outcome = severity === "info" ? null : assembleFailure([finding]);
  return { name: `${rule}: ${subject}`, className: `bee.${command}.${rule}`, seconds: 0, outcome };
}

function assembleAside(command: string, { finding, why }: SetAside): Case {
  const outcome = { element: "skipped", xml: `<skipped message="${escapeXml(why)}"/>` } as const;
  return { ...assembleFinding(command, finding), outcome };
}

function assembleOutcome({ verdict, findings, reason = "", fix }: Check): Case["outcome"] {
  const told = fix == null ? reason : `${reason}\n${fix}`;
  switch (verdict) {
    case "pass":
      return null;
    case "fail":
      return assembleFailure(findings);
    case "waived":
    case "not-applicable":
      return { element: "skipped", xml: `<skipped message="${escapeXml(`${verdict}: ${reason}`)}"/>` };
    default:
      return {
        element: "error",
        xml: `<error type="${verdict}" message="${escapeXml(reason)}">${escapeXml(told)}</error>`,
      };
  }
}

function assembleFailure(findings: readonly Finding[]): Case["outcome"] {
  const [first] = findings;
  const text = findings
    .map(({ key, detail, fix, location }) => {
      const place = location == null ? "" : `${location.file}:${location.line ?? 1}: `;
      return `${place}${detail} [${key}]\nfix: ${fix}`;
    })
    .join("\n\n");
  const type = first?.rule ?? "fail";
  return {
    element: "failure",
    xml: `<failure type="${escapeXml(type)}" message="${escapeXml(first?.detail ?? "")}">${escapeXml(text)}</failure>`,
  };
}

function renderCase({ name, className, seconds, outcome }: Case): string {
  const head = `<testcase name="${escapeXml(name)}" classname="${escapeXml(className)}" time="${seconds.toFixed(3)}"`;
  return outcome == null ? `    ${head}/>` : `    ${head}>${outcome.xml}</testcase>`;
}

function counts(cases: readonly Case[]): string {
  const of = (element: string): number => cases.filter(({ outcome }) => outcome?.element === element).length;
  const time = cases.reduce((sum, { seconds }) => sum + seconds, 0);
  return `tests="${cases.length}" failures="${of("failure")}" errors="${of("error")}" skipped="${of("skipped")}" time="${time.toFixed(3)}"`;
}

const entities: Readonly<Record<string, string>> = {
  "&": "&amp;",
  "<": "&lt;",
  ">": "&gt;",
  '"': "&quot;",
  "\n": "&#10;",
  "\t": "&#9;",
  "\r": "&#13;",
};

/** For text and attributes alike; what XML 1.0 cannot hold becomes U+FFFD. */
function escapeXml(text: string): string {
  return text
    .replace(/[^\t\n\r\u{20}-\u{d7ff}\u{e000}-\u{fffd}\u{10000}-\u{10ffff}]/gu, "\ufffd")
    .replace(/[&<>"\n\t\r]/g, (character) => entities[character] ?? character);
}
