import { judgeVerdicts } from "../../plan/function-verdict.ts";
import type { Rule } from "../rule.ts";
import type { FunctionsWorld } from "./world.ts";

export const verdictOpen: Rule<FunctionsWorld> = {
  id: "verdict-open",
  area: "functions",
  severity: "error",
  title: "A function is not decided, or changed since it was",
  explanation:
    "The plan decides over each function before it is deployed: KEEP, DELETE, MERGE or DEFER, by whom and on what evidence. A verdict is bound to the source it was decided on. Projects without checklists/audit-verdicts.yaml are not asked.",
  fix: "Look at the function and at who uses it (bee audit functions --json, `usage`), then decide: bee audit functions --decide NAME=KEEP --by NAME --evidence TEXT",
  example: {
    bad: "- { function: digest, verdict: KEEP, sourceHash: 5f0c… }   # the source is another one now",
    good: 'bee audit functions --decide digest=KEEP --by "Ada" --evidence "called by the app, docs/digest.md"',
  },
  *check({ verdicts, functions }) {
    if (verdicts == null) return;
    const open = judgeVerdicts(
      new Map(functions.map(({ slug, sourceHash }) => [slug, sourceHash])),
      verdicts,
    );
    for (const { slug, detail, fix } of open) {
      const entry = functions.find((one) => one.slug === slug)?.entry;
      yield {
        file: entry ?? "checklists/audit-verdicts.yaml",
        ...(entry == null ? {} : { line: 1 }),
        anchor: slug,
        subject: slug,
        detail,
        fix,
      };
    }
  },
};
