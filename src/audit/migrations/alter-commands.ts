import type { Severity } from "../../core/verdict.ts";
import type { SqlFields, SqlTree } from "../../plan/sql-tree.ts";
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
    const { tree } = placed;
    const table = rangeName(fieldsOf(tree.fields, "relation"));
    const commands = listOf(tree.fields, "cmds");
    for (const { fields: command } of commands) {
      const definition = fieldsOf(command, "def");
      const offset = commands.length === 1 ? tree.offset : placeOf(tree, command);
      yield {
        placed: { ...placed, tree: { ...tree, offset } },
        table,
        subtype: text(command, "subtype"),
        command,
        column: fieldsOf(definition, "ColumnDef"),
        constraint: fieldsOf(definition, "Constraint"),
      };
    }
  }
}

/** Of several commands each has a place of its own; the tree names it for those that make something. */
function placeOf({ sql, offset, place }: SqlTree, command: SqlFields): number {
  const definition = fieldsOf(command, "def");
  const at = fieldsOf(definition, "ColumnDef")["location"] ?? fieldsOf(definition, "Constraint")["location"];
  if (typeof at === "number") return place(at);
  const name = text(command, "name").replace(/[^\w]/g, "\\$&");
  const found = new RegExp(
    `\\b(drop|alter|validate)\\s+(column\\s+|constraint\\s+)?(if\\s+exists\\s+)?"?${name}\\b`,
    "i",
  ).exec(sql);
  return offset + (found?.index ?? 0);
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
