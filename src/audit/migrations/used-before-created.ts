import { schemaRule } from "./schema-rule.ts";

export const usedBeforeCreated = schemaRule({
  id: "used-before-created",
  severity: "error",
  title: "Something is used before the statement that makes it",
  explanation:
    "In the order of the versions the set cannot be applied from empty, though every part of it is there.",
  fix: "Move the use behind the statement that makes it: a later version, or further down in the file.",
  example: {
    bad: "create index notes_author on notes (author);\ncreate table notes (id uuid, author uuid);",
    good: "create table notes (id uuid, author uuid);\ncreate index notes_author on notes (author);",
  },
});
