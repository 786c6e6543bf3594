import { schemaRule } from "./schema-rule.ts";

export const unknownObject = schemaRule({
  id: "unknown-object",
  severity: "error",
  title: "Something is dropped or altered that is not there",
  explanation:
    "Applied from empty, the set fails here. Often the name was spelled otherwise where it was made, so that the old policy, trigger or index stays beside the new one.",
  fix: "Mend the name; where it was made by hand on one database only, say drop … if exists.",
  example: {
    bad: 'create policy "read own" on notes using (author = auth.uid());\ndrop policy "own read" on notes;',
    good: 'create policy "read own" on notes using (author = auth.uid());\ndrop policy "read own" on notes;',
  },
});
