import type { Finding, Severity } from "../core/verdict.ts";
import { renderCodeFrame } from "./code-frame.ts";

const headings: readonly (readonly [Severity, string])[] = [
  ["error", "Errors"],
  ["warning", "Warnings"],
  ["info", "Notes"],
];

/** Of one rule; the JSON document has all. */
const shownPerRule = 20;

/**
 * Findings by severity, each with the line it speaks of; `texts` are the audited files by path. With keys where they
 * can be waived by them.
 */
export function renderFindings(
  findings: readonly Finding[],
  texts: ReadonlyMap<string, string>,
  withKeys = false,
): string {
  const parts = headings.flatMap(([severity, heading]) => {
    const group = findings.filter((finding) => finding.severity === severity);
    if (group.length === 0) return [];
    return [`${heading} (${group.length})`, ...renderGroup(group, texts, withKeys)];
  });
  return parts.join("\n\n");
}

export function countFindings(findings: readonly Finding[]): string {
  const count = (severity: Severity): number =>
    findings.filter((finding) => finding.severity === severity).length;
  const parts = [
    plural(count("error"), "error"),
    plural(count("warning"), "warning"),
    plural(count("info"), "note"),
  ].filter((part) => !part.startsWith("0 "));
  return parts.length === 0 ? "nothing found" : parts.join(", ");
}

export function plural(count: number, noun: string): string {
  return `${count} ${noun}${count === 1 ? "" : "s"}`;
}

function renderGroup(
  group: readonly Finding[],
  texts: ReadonlyMap<string, string>,
  withKeys: boolean,
): readonly string[] {
  const shown = new Map<string, number>();
  const lines: string[] = [];
  for (const finding of group) {
    const count = (shown.get(finding.rule) ?? 0) + 1;
    shown.set(finding.rule, count);
    if (count <= shownPerRule) lines.push(renderFinding(finding, texts, withKeys));
  }
  for (const [rule, count] of shown) {
    if (count > shownPerRule) lines.push(`  ${rule}: ${count - shownPerRule} more, see --json`);
  }
  return lines;
}

function renderFinding(
  { key, rule, detail, fix, location }: Finding,
  texts: ReadonlyMap<string, string>,
  withKeys: boolean,
): string {
  const text = location == null ? undefined : texts.get(location.file);
  const frame =
    text == null || location?.line == null ? [] : renderCodeFrame(text, location.line, location.column);
  const place = [location?.file, location?.line, location?.column].filter((part) => part != null).join(":");
  return [
    `  ${rule}  ${place}`,
    `    ${detail}`,
    ...frame.map((line) => `    ${line}`),
    `    fix: ${fix}`,
    ...(withKeys ? [`    key: ${key}`] : []),
  ].join("\n");
}
