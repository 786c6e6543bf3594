import type { SqlFields } from "../../plan/sql-tree.ts";
import { fieldsOf, listOf, strings, text } from "../sql-node.ts";
import { userColumn } from "./owner-columns.ts";
import { rangeName, show } from "./schema/names.ts";
import { relationKey } from "./schema/schema.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export interface UserTables {
  /** Whether a column says whose row it is, or which user a row is: by its name, or by what it refers to. */
  isOwner(table: string, column: string): boolean;
}

interface ForeignKey {
  readonly table: string;
  readonly column: string;
  readonly target: string;
}

/** Tables of one row per user, as profiles, and what refers to them. */
export function readUserTables(world: MigrationWorld): UserTables {
  const keys = eachTree(world).flatMap(({ tree }) => readForeignKeys(world, tree.kind, tree.fields));
  const ofUsers = new Set(["auth.users", "public.users", "public.profiles"]);
  for (const { table, column, target } of keys)
    if (column === "id" && target === "auth.users") ofUsers.add(table);
  const owners = new Set(
    keys.flatMap(({ table, column, target }) => (ofUsers.has(target) ? [`${table}.${column}`] : [])),
  );
  return {
    isOwner: (table, column) =>
      userColumn.test(column) ||
      owners.has(`${table}.${column}`) ||
      (ofUsers.has(table) && /^(id|email|phone|username)$/.test(column)),
  };
}

function readForeignKeys(
  { story: { schema } }: MigrationWorld,
  kind: string,
  fields: SqlFields,
): readonly ForeignKey[] {
  if (kind !== "CreateStmt" && kind !== "AlterTableStmt") return [];
  const table = relationKey(schema, rangeName(fieldsOf(fields, "relation")));
  const parts =
    kind === "CreateStmt"
      ? listOf(fields, "tableElts")
      : listOf(fields, "cmds").flatMap((one) => listOf({ def: [one.fields["def"]] }, "def"));
  return parts.flatMap((part) => {
    const constraints = part.kind === "ColumnDef" ? listOf(part.fields, "constraints") : [part];
    return constraints.flatMap((constraint): ForeignKey[] => {
      if (text(constraint.fields, "contype") !== "CONSTR_FOREIGN") return [];
      const named = rangeName(fieldsOf(constraint.fields, "pktable"));
      const target = named.schema === "auth" ? show(named) : relationKey(schema, named);
      const columns =
        part.kind === "ColumnDef" ? [text(part.fields, "colname")] : strings(constraint.fields, "fk_attrs");
      return columns.map((column) => ({ table, column, target }));
    });
  });
}
