import type { Severity } from "../../core/verdict.ts";
import type { SqlFields } from "../../plan/sql-tree.ts";
import type { Hit } from "../rule.ts";
import { fieldsOf, isTrue, listOf, text } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { type Name, rangeName, show } from "./schema/names.ts";
import { judgeStanding } from "./standing.ts";
import { eachTree, type MigrationWorld, type PlacedTree } from "./world.ts";

export interface AlterCommand {
  readonly placed: PlacedTree;
  readonly table: Name;
  readonly subtype: string;
  readonly command: SqlFields;
  /** Of ADD COLUMN, else empty. */
  readonly column: SqlFields;
  /** Of ADD CONSTRAINT, else empty. */
  readonly constraint: SqlFields;
}

/** Every command of every ALTER TABLE. */
export function* eachAlterCommand(world: MigrationWorld): Generator<AlterCommand> {
  for (const placed of eachTree(world, "AlterTableStmt")) {
    const table = rangeName(fieldsOf(placed.tree.fields, "relation"));
    for (const { fields: command } of listOf(placed.tree.fields, "cmds")) {
      const definition = fieldsOf(command, "def");
      yield {
        placed,
        table,
        subtype: text(command, "subtype"),
        command,
        column: fieldsOf(definition, "ColumnDef"),
        constraint: fieldsOf(definition, "Constraint"),
      };
    }
  }
}

/** A hit where the table holds rows by then; nothing where it is born with it. */
export function* hazard(
  world: MigrationWorld,
  placed: PlacedTree,
  table: Name,
  said: { readonly subject?: string; readonly detail: string; readonly severity?: Severity },
): Generator<Hit> {
  const standing = judgeStanding(world, placed.migration, table, said.severity);
  if (standing == null) return;
  yield hitAt(placed, {
    subject: said.subject ?? show(table),
    detail: `${said.detail}${standing.size}`,
    severity: standing.severity,
  });
}

export function constraintsOf(column: SqlFields): readonly SqlFields[] {
  return listOf(column, "constraints").map(({ fields }) => fields);
}

export function hasConstraint(column: SqlFields, ...kinds: readonly string[]): boolean {
  return constraintsOf(column).some((one) => kinds.includes(text(one, "contype")));
}

export function isNotValid(constraint: SqlFields): boolean {
  return isTrue(constraint, "skip_validation");
}
