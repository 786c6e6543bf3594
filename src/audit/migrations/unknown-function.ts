import { schemaRule } from "./schema-rule.ts";

export const unknownFunction = schemaRule({
  id: "unknown-function",
  severity: "error",
  title: "A function is used that no migration makes",
  explanation: "Triggers, policies and grants that name a missing function fail when they are applied.",
  fix: "Make the function in an earlier migration, or mend the name.",
  example: {
    bad: "create trigger touch before update on notes for each row execute function set_updated();",
    good: "create function set_updated() returns trigger language plpgsql as $$ begin return new; end $$;\ncreate trigger touch before update on notes for each row execute function set_updated();",
  },
});
