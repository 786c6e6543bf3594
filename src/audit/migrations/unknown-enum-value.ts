import { schemaRule } from "./schema-rule.ts";

export const unknownEnumValue = schemaRule({
  id: "unknown-enum-value",
  severity: "error",
  title: "A value is used that its enum does not have",
  explanation:
    "The server refuses the literal: at once in defaults and checks, when the code runs in functions.",
  fix: "Add the value in an earlier migration, or mend it.",
  example: {
    bad: "create type mood as enum ('good', 'bad');\ncreate table days (id int primary key, mood mood default 'fine');",
    good: "create type mood as enum ('good', 'bad');\ncreate table days (id int primary key, mood mood default 'good');",
  },
});
