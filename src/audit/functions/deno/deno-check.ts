import type { Severity } from "../../../core/verdict.ts";
import type { CodeDiagnostic } from "../../../plan/code-check.ts";
import type { RuleText } from "../../rule.ts";

/** TypeScript's word, asked through Deno. Its findings are called `deno-check/TS2304`. */
export const denoCheck: RuleText = {
  id: "deno-check",
  area: "functions",
  severity: "warning",
  title: "The TypeScript compiler says no",
  explanation:
    "Deno checks the types of the functions and what they import, when it is installed; what is remote counts as any. A deploy does not look at types, so that what does not fit is found out by a request.",
  fix: "Mend what the message names. Its number is explained at typescript.tv/errors.",
  example: {
    bad: 'const days: number = new URL(req.url).searchParams.get("days");   // deno-check/TS2322',
    good: 'const days = Number(new URL(req.url).searchParams.get("days") ?? 7);',
  },
};

/**
 * Said by rules of ours or by the linter, or the doing of what stands in for remote modules: `instanceof` tells nothing
 * where the class is anything. JSX is not checked.
 */
const silent =
  /^TS(1\d{3}|2305|2314|2315|2347|2451|2571|2580|2614|2686|2707|2724|2845|2875|7\d{3}|17004|18046)$/;

/** A name that is nowhere ends in a ReferenceError. */
const fatal = /^TS(2304|2552)$/;
const style = /^TS(6133|6192|6196|6198)$/;

/** Null for what is not worth a word. */
export function weighCheck({ code, message }: CodeDiagnostic): Severity | null {
  // A module that is imported when it is needed stands in for any.
  if (silent.test(code) || /typeof import\("remote\//.test(message)) return null;
  // Found by import-missing; without its ending a file is not found by Deno alone.
  if (code === "TS2307") return message.includes("Maybe add") ? "error" : null;
  return fatal.test(code) ? "error" : style.test(code) ? "info" : "warning";
}
