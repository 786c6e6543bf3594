import { posix } from "node:path";
import type { Severity } from "../core/verdict.ts";
import { type CheckReport, distinctChecks, distinctFindings } from "./check-report.ts";

const commands: Readonly<Record<Severity, string>> = { error: "error", warning: "warning", info: "notice" };

/**
 * Workflow commands of GitHub Actions, worst first: GitHub shows ten of each kind per step (docs: Workflow commands,
 * "Setting an error message").
 */
export function renderAnnotations(report: CheckReport): string {
  const found = distinctFindings(report).map(({ severity, rule, subject, detail, fix, location }) => ({
    command: commands[severity],
    properties: {
      ...(location == null ? {} : { file: posix.join(report.below, location.file) }),
      ...(location?.line == null ? {} : { line: location.line }),
      ...(location?.column == null ? {} : { col: location.column }),
      title: `${rule}: ${subject}`,
    },
    text: `${detail}\nFix: ${fix}`,
  }));
  const unsettled = distinctChecks(report)
    .filter(({ verdict }) => verdict === "inconclusive" || verdict === "needs-human")
    .map(({ id, title, verdict, reason = "" }) => ({
      command: "warning",
      properties: { title: `${verdict}: ${id}` },
      text: `${title}: ${reason}`,
    }));
  const rank = ["error", "warning", "notice"];
  return [...found, ...unsettled]
    .sort((a, b) => rank.indexOf(a.command) - rank.indexOf(b.command))
    .map(({ command, properties, text }) => {
      const listed = Object.entries(properties).map(
        ([name, value]) => `${name}=${escapeProperty(String(value))}`,
      );
      return `::${command} ${listed.join(",")}::${escapeData(text)}\n`;
    })
    .join("");
}

function escapeData(text: string): string {
  return text.replaceAll("%", "%25").replaceAll("\r", "%0D").replaceAll("\n", "%0A");
}

function escapeProperty(text: string): string {
  return escapeData(text).replaceAll(":", "%3A").replaceAll(",", "%2C");
}
