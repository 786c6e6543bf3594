import type { SqlFields } from "../../../plan/sql-tree.ts";
import { isTrue, listOf, walk } from "../../sql-node.ts";
import type { Checker } from "./check-query.ts";
import { extensionOf } from "./extension-functions.ts";
import { isBuiltinType, isPlatformSchema, listName, type Name } from "./names.ts";
import { addTable, type Columns, childScope, type Problem, type Scope } from "./query-scope.ts";
import { findRelation, fitsSignature, functionKey, isOurs, typeKey } from "./schema.ts";

/** What else a statement may use that is not there. */
export type Missing =
  | Problem
  | { readonly kind: "function" | "type" | "schema"; readonly name: Name; readonly location: unknown }
  | {
      readonly kind: "extension";
      readonly name: Name;
      readonly extension: string;
      readonly location: unknown;
    }
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

/** Calls that name a schema of ours, and those of an extension that is not there; another bare name may be the server's. */
export function checkCalls(checker: StatementChecker, value: unknown): void {
  const { schema, tell } = checker;
  walk(value, (kind, fields) => {
    if (kind !== "FuncCall") return undefined;
    const name = listName(fields, "funcname");
    if (name.schema != null && isOurs(schema, name) && !schema.functions.has(functionKey(schema, name)))
      tell({ kind: "function", name, location: fields["location"] });
    checkExtension(checker, name, fields["location"]);
    return undefined;
  });
}

/** Tells a function whose extension nobody has made. */
export function checkExtension({ schema, tell }: StatementChecker, name: Name, location: unknown): void {
  const extension = extensionOf(name);
  if (extension == null || schema.extensions.has(extension)) return;
  // Code in texts may have made the extension, the set itself a function or schema of that name.
  if (schema.uncertain.has(extension) || schema.uncertain.has(name.name)) return;
  if (name.schema != null && schema.schemas.has(name.schema)) return;
  if ([...schema.functions.keys()].some((key) => key.endsWith(`.${name.name}`))) return;
  tell({ kind: "extension", name, extension, location });
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
