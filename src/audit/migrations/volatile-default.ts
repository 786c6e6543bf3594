import type { SqlFields } from "../../plan/sql-tree.ts";
import type { Rule } from "../rule.ts";
import { fieldsOf, text } from "../sql-node.ts";
import { constraintsOf, eachAlterCommand, hasConstraint, hazard } from "./alter-commands.ts";
import { listName, show } from "./schema/names.ts";
import { findVolatileCalls } from "./volatile-calls.ts";
import type { MigrationWorld } from "./world.ts";

export const volatileDefault: Rule<MigrationWorld> = {
  id: "volatile-default",
  area: "migrations",
  severity: "warning",
  title: "A column is added with a default that differs from row to row",
  explanation:
    "A constant default, and now(), is only noted in the catalog. A volatile one, an identity, a serial or a stored generated column rewrites every row under a lock that stops reads and writes.",
  fix: "Add the column without a default, set the default apart for new rows, and fill old ones in batches.",
  example: {
    bad: "alter table notes add column code uuid not null default gen_random_uuid();",
    good: "alter table notes add column code uuid;\nalter table notes alter column code set default gen_random_uuid();",
  },
  *check(world) {
    for (const { placed, table, subtype, column } of eachAlterCommand(world)) {
      if (subtype !== "AT_AddColumn") continue;
      const calls = constraintsOf(column)
        .filter((one) => text(one, "contype") === "CONSTR_DEFAULT")
        .flatMap((one) => findVolatileCalls(one["raw_expr"]).map(({ name }) => name));
      const isSerial = /serial/.test(listName(fieldsOf(column, "typeName"), "names").name);
      const isFilled = hasConstraint(column, "CONSTR_GENERATED", "CONSTR_IDENTITY") && !isVirtual(column);
      const why = calls[0] ?? (isSerial ? "serial" : isFilled ? "a generated value" : null);
      if (why == null) continue;
      yield* hazard(world, placed, table, {
        subject: `${show(table)}.${text(column, "colname")}`,
        detail: `${why} rewrites every row of ${show(table)} while nobody can read or write it`,
      });
    }
  },
};

function isVirtual(column: SqlFields): boolean {
  return constraintsOf(column).some((one) => text(one, "generated_kind") === "v");
}
