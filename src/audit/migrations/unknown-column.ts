import { schemaRule } from "./schema-rule.ts";

export const unknownColumn = schemaRule({
  id: "unknown-column",
  severity: "error",
  title: "A column is used that its table does not have",
  explanation:
    "Indexes, constraints, policies, views and statements fail when they are applied; PL/pgSQL bodies only when they run, which is worse.",
  fix: "Add the column in an earlier migration, or mend the name.",
  example: {
    bad: "create table notes (id uuid, author uuid);\ncreate policy own on notes using (owner = auth.uid());",
    good: "create table notes (id uuid, author uuid);\ncreate policy own on notes using (author = auth.uid());",
  },
});
