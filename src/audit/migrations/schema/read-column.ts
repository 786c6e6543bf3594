import type { SqlFields } from "../../../plan/sql-tree.ts";
import { fieldsOf } from "../../sql-node.ts";
import { isBuiltinType, listName } from "./names.ts";
import { type Column, type Schema, typeKey } from "./schema.ts";

export function readColumn(schema: Schema, definition: SqlFields): Column {
  const type = fieldsOf(definition, "typeName");
  const name = listName(type, "names");
  const isOwn =
    name.schema !== "pg_catalog" &&
    type["arrayBounds"] == null &&
    !(name.schema == null && isBuiltinType(name.name));
  return { type: typeName(type, name), ownType: isOwn ? typeKey(schema, name) : null };
}

/** Without its schema and its length. */
export function typeName(type: SqlFields, { name } = listName(type, "names")): string {
  return type["arrayBounds"] == null ? name : `${name}[]`;
}
