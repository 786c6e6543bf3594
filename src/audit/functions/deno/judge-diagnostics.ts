import type { Finding } from "../../../core/verdict.ts";
import type { CodeDiagnostic } from "../../../plan/code-check.ts";
import { type FoundHit, sortFindings, toFindings } from "../../run-rules.ts";
import { sourceFolder } from "./assemble-mirror.ts";
import { denoCheck, weighCheck } from "./deno-check.ts";
import { denoLint, weighLint } from "./deno-lint.ts";

/** Rules of ours that speak of the same thing. */
const same: Readonly<Record<string, RegExp>> = {
  "undefined-call": /^TS(2304|2552|2339|2551)$/,
  "import-missing": /^TS2307$/,
  "unbounded-input": /^no-constant-condition$/,
};

/** Deno names the first of two members, or what holds them. */
const twice = /^(TS(1117|2300|2393)|no-dupe-(keys|class-members))$/;

/** Deno's diagnostics as findings, without those of which a rule of ours has spoken. */
export function judgeDiagnostics(
  diagnostics: readonly CodeDiagnostic[],
  own: readonly Finding[],
  texts: ReadonlyMap<string, string>,
): readonly Finding[] {
  const told = new Map<string, string[]>();
  for (const { rule, location } of own) {
    const place = `${location?.file}:${location?.line}`;
    told.set(place, [...(told.get(place) ?? []), rule]);
  }
  const hits = diagnostics.flatMap((one): readonly FoundHit[] => {
    const { tool, code, message, hint, line, column } = one;
    const file = one.file.startsWith(`${sourceFolder}/`) ? one.file.slice(sourceFolder.length + 1) : null;
    const severity = tool === "check" ? weighCheck(one) : weighLint(one);
    if (file == null || severity == null) return [];
    if (told.get(`${file}:${line}`)?.some((rule) => same[rule]?.test(code))) return [];
    if (twice.test(code) && own.some((one) => one.rule === "duplicate-member" && one.location?.file === file))
      return [];
    const rule = tool === "check" ? denoCheck : denoLint;
    const fix = hint ?? rule.fix.replace("RULE", code);
    return [
      {
        rule: { ...rule, id: `${rule.id}/${code}` },
        hit: {
          file,
          line,
          column,
          subject: code,
          detail: message.replaceAll(`'${sourceFolder}/`, "'"),
          severity,
          fix,
        },
      },
    ];
  });
  return sortFindings(toFindings(hits, texts));
}
