import type { SqlFields } from "../../../plan/sql-tree.ts";
import { isTrue, listOf, walk } from "../../sql-node.ts";
import type { Checker } from "./check-query.ts";
import { isBuiltinType, isPlatformSchema, listName, type Name } from "./names.ts";
import { addTable, type Columns, childScope, type Problem, type Scope } from "./query-scope.ts";
import { findRelation, fitsSignature, functionKey, isOurs, typeKey } from "./schema.ts";

/** What else a statement may use that is not there. */
export type Missing =
  | Problem
  | { readonly kind: "function" | "type" | "schema"; readonly name: Name; readonly location: unknown }
  /** `what` is policy, trigger, index and the like, `shown` its name and place. */
  | { readonly kind: "object"; readonly what: string; readonly shown: string; readonly location: unknown };

export interface StatementChecker extends Checker {
  readonly tell: (problem: Missing) => void;
}

/** A scope with one table in it; tells when there is none. */
export function tableScope(checker: StatementChecker, rangeVar: SqlFields): Scope {
  const scope = childScope(null);
  addTable(checker.schema, scope, rangeVar, checker.tell);
  return scope;
}

export function columnsOf(scope: Scope): Columns {
  return scope.relations[0]?.columns ?? null;
}

export interface Owner {
  readonly name: Name;
  readonly columns: Columns;
  readonly relation: SqlFields;
}

export function checkNames(
  checker: StatementChecker,
  names: readonly string[],
  owner: Owner,
  location: unknown,
): void {
  const { columns, name } = owner;
  if (columns == null) return;
  for (const column of names) {
    if (columns.has(column)) continue;
    const of = name.schema == null ? name.name : `${name.schema}.${name.name}`;
    checker.tell({ kind: "column", column, of, known: [...columns.keys()], location: location ?? null });
  }
}

/** Calls that name a schema of ours; a bare name may be the server's. */
export function checkCalls({ schema, tell }: StatementChecker, value: unknown): void {
  walk(value, (kind, fields) => {
    if (kind !== "FuncCall") return undefined;
    const name = listName(fields, "funcname");
    if (name.schema != null && isOurs(schema, name) && !schema.functions.has(functionKey(schema, name)))
      tell({ kind: "function", name, location: fields["location"] });
    return undefined;
  });
}

/** A function as GRANT, COMMENT, ALTER and DROP name it, with the types of its arguments. */
export function checkFunction({ schema, tell }: StatementChecker, object: SqlFields): void {
  const name = listName(object, "objname");
  if (!isOurs(schema, name)) return;
  const overloads = schema.functions.get(functionKey(schema, name)) ?? [];
  if (overloads.length > 0 && overloads.some((one) => fitsSignature(one, object))) return;
  const shown =
    overloads.length === 0
      ? name
      : {
          schema: name.schema,
          name: `${name.name}(${listOf(object, "objargs")
            .map(({ fields }) => listName(fields, "names").name)
            .join(", ")})`,
        };
  tell({ kind: "function", name: shown, location: null });
}

export function checkSchema({ schema, tell }: StatementChecker, name: Name, location: unknown = null): void {
  if (name.schema == null || isPlatformSchema(name.schema) || schema.schemas.has(name.schema)) return;
  if (schema.uncertain.has(name.schema)) return;
  tell({ kind: "schema", name: { schema: null, name: name.schema }, location });
}

export function checkType({ schema, tell }: StatementChecker, type: SqlFields): void {
  const name = listName(type, "names");
  if (name.name === "" || name.schema === "pg_catalog" || (name.schema == null && isBuiltinType(name.name)))
    return;
  if (
    !isOurs(schema, name) ||
    isTrue(type, "pct_type") ||
    schema.types.has(typeKey(schema, name)) ||
    findRelation(schema, name) != null
  )
    return;
  tell({ kind: "type", name, location: type["location"] });
}
