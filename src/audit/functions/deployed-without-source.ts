import type { Rule } from "../rule.ts";
import type { FunctionsWorld } from "./world.ts";

export const deployedWithoutSource: Rule<FunctionsWorld> = {
  id: "deployed-without-source",
  area: "functions",
  severity: "warning",
  title: "A function runs on the target that has no source here",
  explanation:
    "Nobody who reads this repository knows that it is there. It keeps its secrets and its rights and answers whoever calls it, long after its code was deleted here.",
  fix: "Delete it from the target, or bring its source back. bee audit functions --json says under usage who calls it.",
  example: {
    bad: "# deployed: digest, old-report\nsupabase/functions/digest/index.ts",
    good: "# deployed: digest\nsupabase/functions/digest/index.ts",
  },
  *check({ deployed, functions, usage }) {
    for (const slug of deployed?.slugs ?? []) {
      if (functions.some((one) => one.slug === slug)) continue;
      const calls = (usage.find((one) => one.slug === slug)?.references ?? []).filter(({ kind }) =>
        /^(invoke|constant|sql|infra)$/.test(kind),
      );
      const used = calls[0] == null ? "nothing here calls it" : `${calls[0].file} names it`;
      yield {
        file: "supabase/functions",
        anchor: slug,
        subject: slug,
        detail: `${slug} runs on ${deployed?.target} and has no source here; ${used}`,
      };
    }
  },
};
