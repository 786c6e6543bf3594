import type { Finding, Severity } from "../core/verdict.ts";
import { sha256 } from "../plan/digest.ts";
import { locate } from "./locate.ts";
import type { Hit, Rule, RuleText } from "./rule.ts";

const gravity: readonly Severity[] = ["error", "warning", "info"];

/** Asks every rule; `texts` are the audited files by path. Sorted by severity, file and place. */
export function runRules<World>(
  rules: readonly Rule<World>[],
  world: World,
  texts: ReadonlyMap<string, string>,
): readonly Finding[] {
  const found = rules.flatMap((rule) => [...rule.check(world)].map((hit): FoundHit => ({ rule, hit })));
  return sortFindings(toFindings(found, texts));
}

export interface FoundHit {
  readonly rule: RuleText;
  readonly hit: Hit;
}

/** `texts` are the audited files by path. */
export function toFindings(
  found: readonly FoundHit[],
  texts: ReadonlyMap<string, string>,
): readonly Finding[] {
  return keepKeysApart(found.map(({ rule, hit }) => assembleFinding(rule, hit, texts)));
}

export function sortFindings(findings: readonly Finding[]): readonly Finding[] {
  return [...findings].sort(
    (a, b) =>
      gravity.indexOf(a.severity) - gravity.indexOf(b.severity) ||
      compare(a.location?.file ?? "", b.location?.file ?? "") ||
      (a.location?.line ?? 0) - (b.location?.line ?? 0) ||
      (a.location?.column ?? 0) - (b.location?.column ?? 0) ||
      compare(a.key, b.key),
  );
}

/** The key holds as long as rule, file, subject and the text it speaks of stay, wherever that moves in the file. */
function assembleFinding(rule: RuleText, hit: Hit, texts: ReadonlyMap<string, string>): Finding {
  const text = texts.get(hit.file);
  const place = text == null || hit.offset == null ? null : locate(text, hit.offset);
  const line = place?.line ?? hit.line;
  const anchor = hit.anchor ?? (text == null || line == null ? "" : (text.split("\n")[line - 1] ?? ""));
  return {
    key: `${rule.id}:${hit.file}:${sha256(`${squeeze(anchor)}\n${hit.subject}`).slice(0, 12)}`,
    rule: rule.id,
    severity: hit.severity ?? rule.severity,
    subject: hit.subject,
    detail: hit.detail,
    fix: hit.fix ?? rule.fix,
    location: {
      file: hit.file,
      ...(line == null ? {} : { line }),
      ...(place == null ? (hit.column == null ? {} : { column: hit.column }) : { column: place.column }),
    },
  };
}

/** Twice the same statement in one file: the second is `…#2`. */
function keepKeysApart(findings: readonly Finding[]): readonly Finding[] {
  const seen = new Map<string, number>();
  return findings.map((finding) => {
    const count = (seen.get(finding.key) ?? 0) + 1;
    seen.set(finding.key, count);
    return count === 1 ? finding : { ...finding, key: `${finding.key}#${count}` };
  });
}

function squeeze(text: string): string {
  return text.replace(/\s+/g, " ").trim();
}

function compare(a: string, b: string): number {
  return a < b ? -1 : a > b ? 1 : 0;
}
