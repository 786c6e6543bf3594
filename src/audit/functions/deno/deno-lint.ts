import type { Severity } from "../../../core/verdict.ts";
import type { CodeDiagnostic } from "../../../plan/code-check.ts";
import type { RuleText } from "../../rule.ts";

/** Deno's own linter. Its findings are called `deno-lint/no-unused-vars`. */
export const denoLint: RuleText = {
  id: "deno-lint",
  area: "functions",
  severity: "info",
  title: "Deno's linter says no",
  explanation:
    "Deno's recommended rules over the functions and what they import, when it is installed; plugins and settings of the audited project are left out, its deno-lint-ignore comments hold. What is a mistake whatever one's taste is a warning.",
  fix: "Mend it as docs.deno.com/lint/rules says under its name, or put // deno-lint-ignore RULE with a reason before it.",
  example: {
    bad: "const unused = await req.json();   // deno-lint/no-unused-vars",
    good: 'const { title } = await req.json();\nawait client.from("notes").insert({ title });',
  },
};

/** Said by rules of ours in better knowledge of the platform. */
const silent = /^(no-import-prefix|no-unversioned-import|no-external-import|no-console|no-empty)$/;

const mistake =
  /^(constructor-super|for-direction|getter-return|no-(async-promise-executor|await-in-sync-fn|class-assign|compare-neg-zero|cond-assign|const-assign|constant-condition|debugger|delete-var|deprecated-deno-api|dupe-args|dupe-class-members|dupe-else-if|dupe-keys|duplicate-case|empty-character-class|empty-pattern|ex-assign|fallthrough|func-assign|global-assign|import-assertions|import-assign|invalid-regexp|new-symbol|obj-calls|octal|redeclare|self-assign|setter-return|shadow-restricted-names|sloppy-imports|this-before-super|unreachable|unsafe-finally|unsafe-negation|unused-labels|window|with)|require-yield|use-isnan|valid-typeof)$/;

/** Null for what is not worth a word. */
export function weighLint({ code }: CodeDiagnostic): Severity | null {
  return silent.test(code) ? null : mistake.test(code) ? "warning" : "info";
}
