import type { Rule } from "../rule.ts";
import type { FunctionsWorld } from "./world.ts";

export const functionUnused: Rule<FunctionsWorld> = {
  id: "function-unused",
  area: "functions",
  severity: "warning",
  title: "A function is there and nobody calls it",
  explanation:
    "No call was found in the app, in SQL or in infrastructure; texts, tests and configuration do not count. What nobody calls is still reachable from the internet, with its rights.",
  fix: "Delete it (bee audit functions --decide NAME=DELETE), or name who calls it in the verdict's evidence.",
  example: {
    bad: "supabase/functions/old-report/index.ts   # no invoke, no trigger, no cron job",
    good: "select cron.schedule('report', '0 6 * * *', $$select net.http_post('https://…/functions/v1/old-report')$$);",
  },
  *check({ usage, functions, configured, verdicts }) {
    for (const { slug, hasSource, references } of usage) {
      const isCalled = references.some(
        ({ kind, file }) =>
          /^(invoke|constant|sql)$/.test(kind) ||
          (kind === "infra" && !/(^|\/)config\.toml$|^bee\.config\.yaml$/.test(file)),
      );
      // Whoever decided to keep it said who calls it from outside.
      if (isCalled || verdicts?.some((one) => one.function === slug && one.verdict === "KEEP")) continue;
      const source = functions.find((one) => one.slug === slug);
      const config = configured.find((one) => one.slug === slug);
      if (hasSource && source?.entry != null)
        yield {
          file: source.entry,
          line: 1,
          anchor: slug,
          subject: slug,
          detail: `nothing here calls ${slug}`,
        };
      else if (config != null)
        yield {
          file: config.file,
          offset: config.offset,
          subject: slug,
          detail: `${slug} is configured, has no source, and nothing here calls it`,
        };
    }
  },
};
