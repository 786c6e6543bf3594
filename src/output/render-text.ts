import { exitCodeMeanings, exitCodes } from "../core/exit-code.ts";
import { renderChecks } from "./render-checks.ts";
import type { Report, ReportedGate } from "./report.ts";
import type { Style } from "./style.ts";

/** What a person reads on stdout when a command has ended; progress went to stderr before. */
export function renderText(report: Report, style: Style): string {
  const lines: string[] = [];
  if (report.checks != null) lines.push(...renderChecks(report.checks, style));
  else for (const gate of report.gates ?? []) lines.push(...renderRefusal(gate, style));
  if (report.text != null) lines.push(report.text);
  if (report.error != null) {
    const { code, message, detail, hint } = report.error;
    lines.push(`${style.red("error")} ${message} ${style.dim(`(${code})`)}`);
    if (detail != null) lines.push(...detail.split("\n").map((line) => `  ${line}`));
    if (hint != null) lines.push(`${style.bold("next")}  ${hint}`);
  }
  if (report.summary !== "") {
    lines.push(`${renderEnd(report, style)} ${report.summary}`);
  }
  const width = Math.max(0, ...(report.facts ?? []).map(([label]) => label.length));
  for (const [label, value] of report.facts ?? [])
    lines.push(`  ${style.dim(label.padEnd(width))}  ${value}`);
  for (const command of report.next ?? []) lines.push(`${style.bold("next")}  ${command}`);
  return lines.length === 0 ? "" : `${lines.join("\n")}\n`;
}

/** A run of checks or an audit has not stopped anything: it says what it found. */
function renderEnd({ exitCode, checks, findings }: Report, style: Style): string {
  if (exitCode === exitCodes.ok) return style.green("ok");
  if ((checks == null && findings == null) || exitCode === exitCodes.bug) return style.red("stopped");
  return exitCode === exitCodes.refused ? style.red("no") : style.yellow(`${exitCodeMeanings[exitCode]}:`);
}

function renderRefusal(gate: ReportedGate, style: Style): readonly string[] {
  if (gate.verdict === "fail") {
    return gate.findings.flatMap(({ detail, fix, location }) => [
      `${style.red("no")} ${gate.id}: ${detail}${location == null ? "" : style.dim(` ${location.file}${location.line == null ? "" : `:${location.line}`}`)}`,
      `   ${style.dim("fix")} ${fix}`,
    ]);
  }
  if (gate.verdict === "inconclusive" || gate.verdict === "needs-human") {
    return [`${style.yellow(gate.verdict)} ${gate.id}: ${gate.reason ?? ""}`];
  }
  return [];
}
