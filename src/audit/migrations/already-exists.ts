import { schemaRule } from "./schema-rule.ts";

export const alreadyExists = schemaRule({
  id: "already-exists",
  severity: "error",
  title: "Something is made that is there already",
  explanation:
    "The statement fails when the set is applied in order, because an earlier one made an object of that name.",
  fix: "Remove one of the two, or drop or alter the first.",
  example: {
    bad: "create table notes (id uuid);\ncreate table notes (id uuid, title text);",
    good: "create table notes (id uuid);\nalter table notes add column title text;",
  },
});
