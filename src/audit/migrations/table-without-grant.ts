import type { Rule } from "../rule.ts";
import { fieldsOf, isTrue, listOf, text } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { rangeName } from "./schema/names.ts";
import { relationKey } from "./schema/schema.ts";
import { eachTree, eachTreeDeep, type MigrationWorld } from "./world.ts";

export const tableWithoutGrant: Rule<MigrationWorld> = {
  id: "table-without-grant",
  area: "migrations",
  severity: "warning",
  title: "A table in public is granted to nobody",
  explanation:
    "Since 30 October 2026 hosted projects grant nothing by themselves: the API answers 42501 for the table until a migration grants it.",
  fix: "grant select, insert … on … to authenticated (and service_role), as far as each role needs it.",
  example: {
    bad: "create table public.notes (id uuid primary key);\nalter table public.notes enable row level security;",
    good: "create table public.notes (id uuid primary key);\nalter table public.notes enable row level security;\ngrant select on public.notes to authenticated;\ngrant all on public.notes to service_role;",
  },
  *check(world) {
    const { schema } = world.story;
    const granted = new Set<string>();
    for (const { tree } of eachTreeDeep(world)) {
      const { kind, fields } = tree;
      // ON ALL TABLES IN SCHEMA and default privileges reach whatever is there.
      if (kind === "AlterDefaultPrivilegesStmt") return;
      if (kind !== "GrantStmt" || !isTrue(fields, "is_grant")) continue;
      if (text(fields, "targtype") !== "ACL_TARGET_OBJECT") return;
      for (const object of listOf(fields, "objects")) {
        if (object.kind === "RangeVar") granted.add(relationKey(schema, rangeName(object.fields)));
      }
    }
    if (schema.uncertain.has("grant")) return;
    for (const placed of eachTree(world, "CreateStmt")) {
      const key = relationKey(schema, rangeName(fieldsOf(placed.tree.fields, "relation")));
      const isMine =
        schema.relations.has(key) && world.story.madeIn.get(`table ${key}`) === placed.migration.file.path;
      if (
        !key.startsWith("public.") ||
        !isMine ||
        granted.has(key) ||
        placed.tree.fields["partbound"] != null
      )
        continue;
      yield hitAt(placed, { subject: key, detail: `no migration grants ${key} to a role` });
    }
  },
};
