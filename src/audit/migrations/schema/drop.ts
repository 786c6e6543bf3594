import type { SqlFields } from "../../../plan/sql-tree.ts";
import { listOf, type SqlNode, strings, text } from "../../sql-node.ts";
import { isPlatformSchema, type Name, partsName } from "./names.ts";
import { findRelation, fitsSignature, functionKey, relationKey, type Schema, typeKey } from "./schema.ts";

/** DROP of anything that is kept track of. */
export function applyDrop(schema: Schema, fields: SqlFields): void {
  const isCascade = text(fields, "behavior") === "DROP_CASCADE";
  if (isCascade && dropsAnything(schema, fields)) schema.cascaded = true;
  for (const { kind, parts, object } of dropped(fields)) {
    if (kind === "POLICY" || kind === "TRIGGER") {
      onTable(schema, kind).delete(tableMemberKey(schema, parts));
    } else if (kind === "SCHEMA") dropSchema(schema, parts[0] ?? "", isCascade);
    else if (kind === "EXTENSION") schema.extensions.delete(parts[0] ?? "");
    else if (kind === "TYPE" || kind === "DOMAIN") schema.types.delete(typeKey(schema, partsName(parts)));
    else if (kind === "FUNCTION" || kind === "PROCEDURE") dropFunction(schema, partsName(parts), object);
    else dropRelation(schema, relationKey(schema, partsName(parts)));
  }
}

/** Whether one of the objects is there, as far as they are kept track of. */
export function dropsAnything(schema: Schema, fields: SqlFields): boolean {
  return dropped(fields).some(({ kind, parts }) => {
    const name = partsName(parts);
    if (schema.uncertain.has(name.name) || isPlatformSchema(name.schema ?? "")) return true;
    if (kind === "POLICY" || kind === "TRIGGER")
      return isPlatformSchema(parts.at(-3) ?? "") || onTable(schema, kind).has(tableMemberKey(schema, parts));
    if (kind === "SCHEMA") return isPlatformSchema(name.name) || schema.schemas.has(name.name);
    if (kind === "EXTENSION") return schema.extensions.has(name.name);
    if (kind === "TYPE" || kind === "DOMAIN") return schema.types.has(typeKey(schema, name));
    if (kind === "FUNCTION" || kind === "PROCEDURE") return schema.functions.has(functionKey(schema, name));
    return !isRelation.test(kind) || findRelation(schema, name) != null;
  });
}

const isRelation = /^((FOREIGN_)?TABLE|VIEW|MATVIEW|SEQUENCE|INDEX)$/;

interface Dropped {
  readonly kind: string;
  readonly parts: readonly string[];
  readonly object: SqlFields;
}

function dropped(fields: SqlFields): readonly Dropped[] {
  const kind = text(fields, "removeType").replace("OBJECT_", "");
  return listOf(fields, "objects").map((object) => ({ kind, parts: partsOf(object), object: object.fields }));
}

function partsOf({ kind, fields }: SqlNode): readonly string[] {
  if (kind === "List") return strings(fields, "items");
  if (kind === "TypeName") return strings(fields, "names");
  if (kind === "ObjectWithArgs") return strings(fields, "objname");
  return [text(fields, "sval")];
}

function onTable(schema: Schema, kind: "POLICY" | "TRIGGER"): Map<string, string> {
  return kind === "POLICY" ? schema.policies : schema.triggers;
}

function tableMemberKey(schema: Schema, parts: readonly string[]): string {
  return `${relationKey(schema, partsName(parts.slice(0, -1)))}\0${parts.at(-1)}`;
}

function dropSchema(schema: Schema, name: string, isCascade: boolean): void {
  schema.schemas.delete(name);
  if (!isCascade) return;
  for (const map of [schema.relations, schema.functions, schema.types, schema.policies, schema.triggers]) {
    for (const key of map.keys()) if (key.startsWith(`${name}.`)) map.delete(key);
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
