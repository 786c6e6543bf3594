import type { Rule } from "../rule.ts";
import type { FunctionsWorld } from "./world.ts";

export const deletedStillCalled: Rule<FunctionsWorld> = {
  id: "deleted-still-called",
  area: "functions",
  severity: "error",
  title: "A function that was decided to go is still called",
  explanation:
    "After it is deleted the call fails: a trigger takes the transaction with it, the app shows an error. DELETE means that no caller is left in code, SQL or infrastructure.",
  fix: "Take the call away first, and delete the function with or after that.",
  example: {
    bad: "select net.http_post('https://…/functions/v1/realtime-momentum-sync');   -- verdict DELETE",
    good: "supabase.channel('scores').onPostgresChanges(...)   -- the app listens by itself",
  },
  *check({ usage, verdicts }) {
    for (const { slug, hasSource, references } of usage) {
      const verdict = verdicts?.find((one) => one.function === slug)?.verdict;
      if (verdict !== "DELETE" || !hasSource) continue;
      for (const { kind, file, offset } of references)
        if (/^(invoke|sql|infra)$/.test(kind))
          yield { file, offset, subject: slug, detail: `${slug} is to be deleted and still called here` };
    }
  },
};
