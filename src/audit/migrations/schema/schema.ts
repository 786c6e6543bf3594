import type { SqlFields, SqlTree } from "../../../plan/sql-tree.ts";
import { isTrue, listOf, strings } from "../../sql-node.ts";
import { preinstalled } from "./extension-functions.ts";
import type { FunctionArguments } from "./function-arguments.ts";
import { isPlatformSchema, type Name } from "./names.ts";

export interface Column {
  /** As the server calls it, without its schema; `[]` after it for an array. */
  readonly type: string;
  /** Qualified name of a type of the set's own, else null. */
  readonly ownType: string | null;
}

export interface Relation {
  readonly kind: "table" | "view" | "sequence" | "index";
  /** Null when they cannot be known, as with `select *` over something outside of the set. */
  columns: Map<string, Column> | null;
  /** Path of the file that made it. */
  readonly file: string;
}

export interface EnumType {
  readonly labels: Set<string>;
  readonly file: string;
}

export interface FunctionOverload extends FunctionArguments {
  readonly file: string;
  /** The statement that made it last. */
  readonly tree: SqlTree;
}

/** What the migrations have made so far. Keys are `schema.name`. */
export interface Schema {
  searchPath: readonly string[];
  readonly relations: Map<string, Relation>;
  /** Enum types by name; other types with null. */
  readonly types: Map<string, EnumType | null>;
  readonly functions: Map<string, FunctionOverload[]>;
  readonly schemas: Set<string>;
  /** `table\0name` of policies and triggers. */
  readonly policies: Map<string, string>;
  readonly triggers: Map<string, string>;
  /** Function to the tables whose triggers run it. */
  readonly triggerTables: Map<string, Set<string>>;
  /** Function to what its triggers call their transition tables. */
  readonly transitionTables: Map<string, Set<string>>;
  readonly extensions: Set<string>;
  /** A DROP … CASCADE has taken what cannot be told. */
  cascaded: boolean;
  /** Names that code in texts may have made: what is called so is not missed. */
  readonly uncertain: Set<string>;
}

/** `extensions`: what the target has besides those that every project has. */
export function createSchema(extensions?: Iterable<string>): Schema {
  return {
    searchPath: ["public"],
    relations: new Map(),
    types: new Map(),
    functions: new Map(),
    schemas: new Set(["public"]),
    policies: new Map(),
    triggers: new Map(),
    triggerTables: new Map(),
    transitionTables: new Map(),
    extensions: new Set([...preinstalled, ...(extensions ?? [])]),
    cascaded: false,
    uncertain: new Set(),
  };
}

/** The key under which a map has the name: along the search path, else where it would be made. */
export function keyOf(
  has: (key: string) => boolean,
  { schema, name }: Name,
  searchPath: readonly string[],
): string {
  if (schema != null) return `${schema}.${name}`;
  if (searchPath.length === 0) return `.${name}`;
  const found = searchPath.map((one) => `${one}.${name}`).find(has);
  return found ?? `${searchPath.find((one) => !isPlatformSchema(one)) ?? "public"}.${name}`;
}

export function findRelation(schema: Schema, name: Name): Relation | null {
  return schema.relations.get(relationKey(schema, name)) ?? null;
}

export function relationKey(schema: Schema, name: Name): string {
  return keyOf((key) => schema.relations.has(key), name, schema.searchPath);
}

export function typeKey(schema: Schema, name: Name): string {
  return keyOf((key) => schema.types.has(key) || schema.relations.has(key), name, schema.searchPath);
}

export function functionKey(schema: Schema, name: Name): string {
  return keyOf((key) => schema.functions.has(key), name, schema.searchPath);
}

/** Whether the set itself is to make what is called so: not the platform, not a schema it does not know. */
export function isOurs(schema: Schema, name: Name): boolean {
  if (schema.uncertain.has(name.name)) return false;
  if (name.schema == null) return true;
  return !isPlatformSchema(name.schema) && schema.schemas.has(name.schema);
}

export function hasType(schema: Schema, name: Name): boolean {
  return schema.types.has(typeKey(schema, name));
}

/** Whether `f(uuid, text)` in a GRANT, COMMENT or DROP means this overload; without parentheses any is meant. */
export function fitsSignature({ argumentTypes }: FunctionOverload, object: SqlFields): boolean {
  if (isTrue(object, "args_unspecified")) return true;
  const named = listOf(object, "objargs").map(
    ({ fields }) => `${strings(fields, "names").at(-1) ?? ""}${fields["arrayBounds"] == null ? "" : "[]"}`,
  );
  return named.join() === argumentTypes.join();
}
