import type { SqlFields, SqlTree } from "../../plan/sql-tree.ts";
import { fieldsOf, isTrue, listOf, strings, text } from "../sql-node.ts";
import { listName } from "./schema/names.ts";
import { type FunctionOverload, fitsSignature, functionKey, type Schema } from "./schema/schema.ts";
import { eachTreeDeep, type MigrationWorld } from "./world.ts";

/** Who of those that come through the API may execute a function; `public` is everybody. */
export type ApiCaller = "public" | "anon" | "authenticated";

export interface Callers {
  readonly sure: ReadonlySet<ApiCaller>;
  /** Where the project grants new functions by default, as hosted ones did until 30 October 2026. */
  readonly byDefault: ReadonlySet<ApiCaller>;
}

type CallerFinder = (key: string, overload: FunctionOverload) => Callers;

/** Who may call a function, by its key, after the whole set. */
export function createCallerFinder(world: MigrationWorld): CallerFinder {
  const trees = [...eachTreeDeep(world)].flatMap(({ tree }) => (telling.has(tree.kind) ? [tree] : []));
  return (key, overload) => findCallers(world.story.schema, trees, key, overload);
}

const telling: ReadonlySet<string> = new Set([
  "AlterDefaultPrivilegesStmt",
  "CreateFunctionStmt",
  "GrantStmt",
]);

function findCallers(
  schema: Schema,
  trees: readonly SqlTree[],
  key: string,
  overload: FunctionOverload,
): Callers {
  const own = key.split(".")[0] ?? "";
  // PostgreSQL's default and Supabase's: each is taken back for itself (supabase/agent-skills#485).
  const defaults = { sure: new Set<ApiCaller>(["public"]), byDefault: new Set<ApiCaller>(named) };
  let callers = { sure: new Set(defaults.sure), byDefault: new Set(defaults.byDefault) };
  let isMade = false;
  for (const { kind, fields } of trees) {
    if (kind === "AlterDefaultPrivilegesStmt") take(defaults, defaultsTaken(fields, own));
    if (kind === "CreateFunctionStmt" && functionKey(schema, listName(fields, "funcname")) === key) {
      // Replaced, it keeps what it was granted.
      if (!isMade || !isTrue(fields, "replace"))
        callers = { sure: new Set(defaults.sure), byDefault: new Set(defaults.byDefault) };
      isMade = true;
    }
    if (kind !== "GrantStmt" || !reaches(schema, fields, key, overload)) continue;
    if (isTrue(fields, "is_grant")) for (const role of grantees(fields)) callers.sure.add(role);
    else take(callers, grantees(fields));
  }
  return callers;
}

const named: readonly ApiCaller[] = ["anon", "authenticated"];

function take(
  from: { readonly sure: Set<ApiCaller>; readonly byDefault: Set<ApiCaller> },
  roles: readonly ApiCaller[],
): void {
  for (const role of roles) {
    from.sure.delete(role);
    from.byDefault.delete(role);
  }
}

const functionKinds = /^OBJECT_(FUNCTION|ROUTINE|PROCEDURE)$/;

function isExecute({ fields }: { readonly fields: SqlFields }): boolean {
  return /^execute$/i.test(text(fields, "priv_name"));
}

function reaches(schema: Schema, grant: SqlFields, key: string, overload: FunctionOverload): boolean {
  const privileges = listOf(grant, "privileges");
  if (privileges.length > 0 && !privileges.some(isExecute)) return false;
  if (!functionKinds.test(text(grant, "objtype"))) return false;
  if (text(grant, "targtype") === "ACL_TARGET_ALL_IN_SCHEMA")
    return strings(grant, "objects").includes(key.split(".")[0] ?? "");
  return listOf(grant, "objects").some(
    ({ fields }) =>
      functionKey(schema, listName(fields, "objname")) === key && fitsSignature(overload, fields),
  );
}

function grantees(grant: SqlFields): readonly ApiCaller[] {
  return listOf(grant, "grantees").flatMap(({ fields }) => {
    const name = text(fields, "roletype") === "ROLESPEC_PUBLIC" ? "public" : text(fields, "rolename");
    return name === "public" || name === "anon" || name === "authenticated" ? [name] : [];
  });
}

/** What functions made later are not granted any more. */
function defaultsTaken(alter: SqlFields, schema: string): readonly ApiCaller[] {
  const action = fieldsOf(alter, "action");
  if (isTrue(action, "is_grant") || !functionKinds.test(text(action, "objtype"))) return [];
  const schemas = schemasOf(alter);
  if (schemas == null) return grantees(action);
  // Within a schema it takes back what was granted there, which PUBLIC never was (supabase/supabase#49338).
  return schemas.includes(schema) ? grantees(action).filter((role) => role !== "public") : [];
}

/** IN SCHEMA … of ALTER DEFAULT PRIVILEGES; null when it is not said. */
export function schemasOf(alter: SqlFields): readonly string[] | null {
  const option = listOf(alter, "options").find(({ fields }) => text(fields, "defname") === "schemas");
  return option == null ? null : strings(fieldsOf(fieldsOf(option.fields, "arg"), "List"), "items");
}
