import type { Rule } from "../rule.ts";
import type { FunctionsWorld } from "./world.ts";

export const verdictInvalid: Rule<FunctionsWorld> = {
  id: "verdict-invalid",
  area: "functions",
  severity: "error",
  title: "The record of verdicts cannot be read",
  explanation:
    "checklists/audit-verdicts.yaml is no list of verdicts as bee writes it, so none of them counts.",
  fix: "Mend what is named, or take the entry out and decide anew: bee audit functions --decide NAME=KEEP --by NAME --evidence TEXT",
  example: {
    bad: "- function: digest\n  verdict: maybe",
    good: "- function: digest\n  verdict: KEEP\n  by: Ada\n  at: 2026-05-04\n  sourceHash: null\n  evidence: called by the app",
  },
  *check({ verdictMistakes }) {
    for (const mistake of verdictMistakes)
      yield { file: "checklists/audit-verdicts.yaml", subject: mistake, detail: mistake };
  },
};
