import { schemaRule } from "./schema-rule.ts";

export const unknownSchema = schemaRule({
  id: "unknown-schema",
  severity: "error",
  title: "A schema is used that no migration makes",
  explanation: "The statement fails when it is applied to an empty project.",
  fix: "Add create schema in an earlier migration.",
  example: {
    bad: "create table internal.jobs (id bigint primary key);",
    good: "create schema internal;\ncreate table internal.jobs (id bigint primary key);",
  },
});
