import { schemaRule } from "./schema-rule.ts";

export const unknownType = schemaRule({
  id: "unknown-type",
  severity: "error",
  title: "A type is used that neither the server nor a migration makes",
  explanation:
    "The statement fails when it is applied, and so does every later one that needs what it makes.",
  fix: "Make the type in an earlier migration, or mend the name.",
  example: {
    bad: "create table tasks (id uuid primary key, state task_status);",
    good: "create type task_status as enum ('open', 'done');\ncreate table tasks (id uuid primary key, state task_status);",
  },
});
