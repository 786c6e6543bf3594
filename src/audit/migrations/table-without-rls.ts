import type { SqlFields, SqlTree } from "../../plan/sql-tree.ts";
import type { Rule } from "../rule.ts";
import { fieldsOf, listOf, text } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { rangeName } from "./schema/names.ts";
import { relationKey } from "./schema/schema.ts";
import { eachTree, eachTreeDeep, type MigrationWorld } from "./world.ts";

export const tableWithoutRls: Rule<MigrationWorld> = {
  id: "table-without-rls",
  area: "migrations",
  severity: "error",
  title: "A table in an exposed schema without row level security",
  explanation: "Everybody with the public key reads and writes what is granted on it.",
  fix: "alter table … enable row level security, and add policies.",
  example: {
    bad: "create table public.notes (id uuid primary key, author uuid);",
    good: "create table public.notes (id uuid primary key, author uuid);\nalter table public.notes enable row level security;",
  },
  *check(world) {
    const enabled = new Set<string>();
    const { schema, madeIn } = world.story;
    for (const placed of eachTreeDeep(world)) {
      const { kind, fields } = placed.tree;
      if (kind !== "AlterTableStmt") continue;
      const isOn = listOf(fields, "cmds").some(
        (one) => text(one.fields, "subtype") === "AT_EnableRowSecurity",
      );
      if (isOn) enabled.add(relationKey(schema, rangeName(fieldsOf(fields, "relation"))));
    }
    // Code that puts its SQL together may have enabled it for all.
    if (schema.uncertain.has("row") && schema.uncertain.has("level")) return;
    for (const placed of eachTree(world)) {
      const relation = madeBy(placed.tree);
      if (relation == null) continue;
      const key = relationKey(schema, rangeName(relation));
      const isMine = schema.relations.has(key) && madeIn.get(`table ${key}`) === placed.migration.file.path;
      if (
        !key.startsWith("public.") ||
        text(relation, "relpersistence") === "t" ||
        !isMine ||
        enabled.has(key)
      )
        continue;
      yield hitAt(placed, { subject: key, detail: `row level security is never enabled on ${key}` });
    }
  },
};

/** CREATE TABLE, also AS a query. */
function madeBy({ kind, fields }: SqlTree): SqlFields | null {
  if (kind === "CreateStmt") return fieldsOf(fields, "relation");
  return kind === "CreateTableAsStmt" && text(fields, "objtype") === "OBJECT_TABLE"
    ? fieldsOf(fieldsOf(fields, "into"), "rel")
    : null;
}
