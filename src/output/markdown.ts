import type { Finding } from "../core/verdict.ts";
import type { Check, CheckReport } from "./check-report.ts";
import { countVerdicts, distinctChecks } from "./check-report.ts";
import { formatDuration } from "./format-duration.ts";

const marks: Readonly<Record<Check["verdict"], string>> = {
  pass: "✅",
  fail: "❌",
  inconclusive: "❔",
  "needs-human": "🙋",
  waived: "⏭️",
  "not-applicable": "➖",
};

/** A table per group, for a pull request or a job summary. */
export function renderMarkdown(report: CheckReport): string {
  const { command, target, groups, findings, setAside, startedAt, durationMs, exitCode } = report;
  const on = target == null ? "" : ` on ${target.name} (${target.ref})`;
  const counted = countVerdicts(distinctChecks(report));
  const lines = [
    `# bee ${command}${on}`,
    "",
    `${[counted, ...(findings.length === 0 ? [] : [`${findings.length} findings`])].filter((part) => part !== "").join("; ")}; exit code ${exitCode}; ${startedAt}, ${formatDuration(durationMs)}`,
    ...groups.flatMap(({ title, checks }) => [
      "",
      `## ${escapeCell(title)}`,
      "",
      "| | line | gate | why |",
      "| --- | --- | --- | --- |",
      ...checks.map(
        (check) =>
          `| ${marks[check.verdict]} ${check.verdict} | ${escapeCell(check.title)} | ${code(check.id)} | ${renderWhy(check)} |`,
      ),
    ]),
    ...(findings.length === 0
      ? []
      : [
          "",
          "## Findings",
          "",
          "| severity | rule | where | what | fix |",
          "| --- | --- | --- | --- | --- |",
          ...findings.map((finding) => {
            const { severity, rule, detail, fix } = finding;
            return `| ${severity} | ${code(rule)} | ${code(whereOf(finding))} | ${escapeCell(detail)} | ${escapeCell(fix)} |`;
          }),
        ]),
    ...(setAside.length === 0
      ? []
      : [
          "",
          "## Set aside",
          "",
          "| severity | rule | where | what | why |",
          "| --- | --- | --- | --- | --- |",
          ...setAside.map(({ finding, why }) => {
            const { severity, rule, detail } = finding;
            return `| ${severity} | ${code(rule)} | ${code(whereOf(finding))} | ${escapeCell(detail)} | ${escapeCell(why)} |`;
          }),
        ]),
  ];
  return `${lines.join("\n")}\n`;
}

function whereOf({ subject, location }: Finding): string {
  if (location == null) return subject;
  return `${location.file}${location.line == null ? "" : `:${location.line}`}`;
}

function renderWhy({ findings, reason }: Check): string {
  const told = findings.map(({ detail, fix }) => `${escapeCell(detail)} _${escapeCell(fix)}_`);
  return [...told, ...(reason == null ? [] : [escapeCell(reason)])].join("<br>");
}

/** Text in a table cell: no markup, no new row, no mention of anybody. */
function escapeCell(text: string): string {
  return text
    .replace(/[\\`*_[\]<>|#@&~]/g, (character) => `&#${character.codePointAt(0)};`)
    .replace(/\s*\n\s*/g, "<br>");
}

function code(text: string): string {
  return `<code>${escapeCell(text)}</code>`;
}
