import type { SqlFields } from "../../../plan/sql-tree.ts";
import { listOf, strings, text } from "../../sql-node.ts";
import { type Name, partsName } from "./names.ts";
import { fitsSignature, functionKey, relationKey, type Schema, typeKey } from "./schema.ts";

/** DROP of anything that is kept track of. */
export function applyDrop(schema: Schema, fields: SqlFields): void {
  const kind = text(fields, "removeType").replace("OBJECT_", "");
  for (const object of listOf(fields, "objects")) {
    const parts =
      object.kind === "List"
        ? strings(object.fields, "items")
        : object.kind === "TypeName"
          ? strings(object.fields, "names")
          : object.kind === "ObjectWithArgs"
            ? strings(object.fields, "objname")
            : [text(object.fields, "sval")];
    if (kind === "POLICY" || kind === "TRIGGER") {
      const key = `${relationKey(schema, partsName(parts.slice(0, -1)))}\0${parts.at(-1)}`;
      (kind === "POLICY" ? schema.policies : schema.triggers).delete(key);
    } else if (kind === "SCHEMA") schema.schemas.delete(parts[0] ?? "");
    else if (kind === "EXTENSION") schema.extensions.delete(parts[0] ?? "");
    else if (kind === "TYPE" || kind === "DOMAIN") schema.types.delete(typeKey(schema, partsName(parts)));
    else if (kind === "FUNCTION" || kind === "PROCEDURE")
      dropFunction(schema, partsName(parts), object.fields);
    else dropRelation(schema, relationKey(schema, partsName(parts)));
  }
}

function dropFunction(schema: Schema, name: Name, object: SqlFields): void {
  const key = functionKey(schema, name);
  const left = (schema.functions.get(key) ?? []).filter((one) => !fitsSignature(one, object));
  if (left.length === 0) schema.functions.delete(key);
  else schema.functions.set(key, left);
}

function dropRelation(schema: Schema, key: string): void {
  schema.relations.delete(key);
  for (const map of [schema.policies, schema.triggers]) {
    for (const one of map.keys()) if (one.startsWith(`${key}\0`)) map.delete(one);
  }
}
