import { nearest } from "../../core/nearest.ts";
import type { Rule } from "../rule.ts";
import { eachLiteral } from "./literals.ts";
import type { MigrationWorld } from "./world.ts";

export const callsMissingFunction: Rule<MigrationWorld> = {
  id: "calls-missing-function",
  area: "migrations",
  severity: "error",
  title: "SQL calls an edge function that has no source",
  explanation:
    "The trigger or job goes on posting to an address that answers 404, usually without anybody seeing it.",
  fix: "Drop the trigger or job, or bring the function back.",
  example: {
    bad: "select net.http_post(url := base || '/functions/v1/old-sync');   -- there is no old-sync",
    good: "select net.http_post(url := base || '/functions/v1/sync');",
  },
  *check({ migrations, functionSlugs }) {
    if (functionSlugs == null) return;
    for (const { file } of migrations) {
      if (!file.sql.includes("/functions/v1/")) continue;
      for (const { offset, value } of eachLiteral(file.sql)) {
        for (const found of value.matchAll(/\/functions\/v1\/([A-Za-z][\w-]*)/g)) {
          const slug = found[1] ?? "";
          if (functionSlugs.has(slug)) continue;
          const guess = nearest(slug, [...functionSlugs]);
          yield {
            file: file.path,
            offset: offset + found.index,
            subject: slug,
            detail: `there is no function ${slug}`,
            anchor: slug,
            ...(guess == null ? {} : { fix: `Did you mean ${guess}? Otherwise drop the trigger or job.` }),
          };
        }
      }
    }
  },
};
