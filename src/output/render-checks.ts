import type { Check, CheckGroup } from "./check-report.ts";
import { countVerdicts } from "./check-report.ts";
import type { Style } from "./style.ts";

const column = "not-applicable".length;

/** Checks by group: verdict, id, title; then why and what to do for those that do not hold. */
export function renderChecks(groups: readonly CheckGroup[], style: Style): readonly string[] {
  const width = Math.max(0, ...groups.flatMap(({ checks }) => checks.map(({ id }) => id.length)));
  // A gate may answer several lines: told once why it says no.
  const told = new Set<string>();
  return groups.flatMap(({ title, checks }) => [
    `${style.bold(title)} ${style.dim(countVerdicts(checks))}`,
    ...checks.flatMap((check) => {
      const again = told.has(check.id);
      told.add(check.id);
      const line = `  ${mark(check.verdict, style)} ${check.id.padEnd(width)}  ${check.title}`;
      return again ? [line] : [line, ...renderReasons(check, style)];
    }),
    "",
  ]);
}

function mark(verdict: Check["verdict"], style: Style): string {
  const text = verdict.padEnd(column);
  if (verdict === "pass") return style.green(text);
  if (verdict === "fail") return style.red(text);
  return verdict === "inconclusive" || verdict === "needs-human" ? style.yellow(text) : style.dim(text);
}

function renderReasons({ findings, reason, fix }: Check, style: Style): readonly string[] {
  const indent = " ".repeat(column + 3);
  const place = (location: Check["findings"][number]["location"]): string =>
    location == null ? "" : style.dim(` ${location.file}${location.line == null ? "" : `:${location.line}`}`);
  return [
    ...findings.flatMap((finding) => [
      `${indent}${finding.detail}${place(finding.location)} ${style.dim(`[${finding.key}]`)}`,
      `${indent}${style.dim("fix")} ${finding.fix}`,
    ]),
    ...(reason == null ? [] : [`${indent}${reason}`]),
    ...(fix == null ? [] : [`${indent}${style.dim("next")} ${fix}`]),
  ];
}
