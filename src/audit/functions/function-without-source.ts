import type { Rule } from "../rule.ts";
import type { FunctionsWorld } from "./world.ts";

export const functionWithoutSource: Rule<FunctionsWorld> = {
  id: "function-without-source",
  area: "functions",
  severity: "error",
  title: "A function is called that has no source here",
  explanation:
    "App, SQL or infrastructure calls it by name. Deployed from this repository it does not exist: the call ends in 404, a trigger or cron job fails on every run.",
  fix: "Add the source, or take the call away.",
  example: {
    bad: "await supabase.functions.invoke('batch-events', body: events);   // no supabase/functions/batch-events",
    good: "await supabase.from('engagement_events').insert(events);",
  },
  *check({ usage, functions }) {
    if (functions.length === 0) return;
    for (const { slug, hasSource, references } of usage) {
      if (hasSource) continue;
      for (const { kind, file, offset } of references) {
        if (!/^(invoke|sql)$/.test(kind)) continue;
        yield { file, offset, subject: slug, detail: `${slug} is called here and has no source` };
      }
    }
  },
};
