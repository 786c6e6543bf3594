import type { SqlFields } from "../../../plan/sql-tree.ts";
import { fieldsOf, open, strings, text } from "../../sql-node.ts";
import { listName, partsName, rangeName } from "./names.ts";
import { findRelation, functionKey, relationKey, type Schema, typeKey } from "./schema.ts";

/** ALTER … RENAME. */
export function applyRename(schema: Schema, fields: SqlFields): void {
  const kind = text(fields, "renameType").replace("OBJECT_", "");
  const name = rangeName(fieldsOf(fields, "relation"));
  const [old, fresh] = [text(fields, "subname"), text(fields, "newname")];
  if (kind === "COLUMN") {
    const columns = findRelation(schema, name)?.columns;
    const column = columns?.get(old);
    if (columns == null || column == null) return;
    columns.delete(old);
    columns.set(fresh, column);
  } else if (["TABLE", "VIEW", "MATVIEW", "SEQUENCE", "INDEX", "FOREIGN_TABLE"].includes(kind)) {
    moveRelation(schema, relationKey(schema, name), fresh);
  } else if (kind === "FUNCTION") {
    move(schema.functions, functionKey(schema, listName(objectOf(fields), "objname")), fresh);
  } else if (kind === "TYPE" || kind === "DOMAIN") {
    move(schema.types, typeKey(schema, partsName(strings(objectOf(fields), "items"))), fresh);
  } else if (kind === "SCHEMA") {
    schema.schemas.add(fresh);
  } else if (kind === "POLICY" || kind === "TRIGGER") {
    const map = kind === "POLICY" ? schema.policies : schema.triggers;
    const table = relationKey(schema, name);
    const file = map.get(`${table}\0${old}`);
    map.delete(`${table}\0${old}`);
    if (file != null) map.set(`${table}\0${fresh}`, file);
  }
}

/** ALTER … SET SCHEMA. */
export function moveSchema(schema: Schema, fields: SqlFields): void {
  const to = text(fields, "newschema");
  const kind = text(fields, "objectType").replace("OBJECT_", "");
  if (kind === "FUNCTION") {
    const key = functionKey(schema, listName(objectOf(fields), "objname"));
    moveTo(schema.functions, key, `${to}.${localOf(key)}`);
  } else if (kind === "TYPE" || kind === "DOMAIN") {
    const key = typeKey(schema, partsName(strings(objectOf(fields), "items")));
    moveTo(schema.types, key, `${to}.${localOf(key)}`);
  } else if (fields["relation"] != null) {
    const key = relationKey(schema, rangeName(fieldsOf(fields, "relation")));
    renameKey(schema, key, `${to}.${localOf(key)}`);
  }
}

function objectOf(fields: SqlFields): SqlFields {
  return open(fields["object"])?.fields ?? {};
}

function moveRelation(schema: Schema, key: string, fresh: string): void {
  renameKey(schema, key, `${key.slice(0, key.indexOf("."))}.${fresh}`);
}

function renameKey(schema: Schema, key: string, to: string): void {
  moveTo(schema.relations, key, to);
  for (const map of [schema.policies, schema.triggers]) {
    for (const [one, file] of [...map]) {
      if (!one.startsWith(`${key}\0`)) continue;
      map.delete(one);
      map.set(`${to}${one.slice(key.length)}`, file);
    }
  }
}

function move<Value>(map: Map<string, Value>, key: string, fresh: string): void {
  moveTo(map, key, `${key.slice(0, key.indexOf("."))}.${fresh}`);
}

function moveTo<Value>(map: Map<string, Value>, key: string, to: string): void {
  const value = map.get(key);
  if (value === undefined) return;
  map.delete(key);
  map.set(to, value);
}

function localOf(key: string): string {
  return key.slice(key.indexOf(".") + 1);
}
