import type { SqlFields } from "../../plan/sql-tree.ts";
import type { Rule } from "../rule.ts";
import { fieldsOf, text, walk } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { rangeName } from "./schema/names.ts";
import { findRelation } from "./schema/schema.ts";
import { findUnsteadyCasts } from "./unsteady-casts.ts";
import { findChangingCalls } from "./volatile-calls.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export const indexNotImmutable: Rule<MigrationWorld> = {
  id: "index-not-immutable",
  area: "migrations",
  severity: "error",
  title: "An index or generated column depends on what changes by itself",
  explanation:
    "The server refuses now(), current_date, auth.uid() and their like there: the answer of an index must be the same tomorrow, and the same for everybody. A timestamptz cast to a date depends on the time zone of whoever asks, concat() and to_tsvector(text) on settings.",
  fix: "Leave the condition to the query, or store the value in a column.",
  example: {
    bad: "create index recent on notes (author) where created_at > now() - interval '7 days';",
    good: "create index notes_by_time on notes (author, created_at);",
  },
  *check(world) {
    for (const placed of eachTree(world)) {
      const { kind, fields } = placed.tree;
      const parts =
        kind === "IndexStmt"
          ? [fields["indexParams"], fields["whereClause"]]
          : kind === "CreateStmt" || kind === "AlterTableStmt"
            ? generated(fields)
            : [];
      if (parts.length === 0) continue;
      const relation = rangeName(fieldsOf(fields, "relation"));
      const columns = findRelation(world.story.schema, relation)?.columns ?? null;
      for (const { name, location } of [...findChangingCalls(parts), ...findUnsteadyCasts(parts, columns)]) {
        yield hitAt(placed, { subject: name, detail: `${name} is not immutable` }, location);
      }
    }
  },
};

function generated(fields: SqlFields): readonly unknown[] {
  const found: unknown[] = [];
  walk(fields, (kind, inner) => {
    if (kind === "Constraint" && text(inner, "contype") === "CONSTR_GENERATED") found.push(inner["raw_expr"]);
    return undefined;
  });
  return found;
}
