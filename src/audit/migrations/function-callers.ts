import type { SqlFields, SqlTree } from "../../plan/sql-tree.ts";
import { fieldsOf, isTrue, listOf, roleNames, strings, text } from "../sql-node.ts";
import { readArguments } from "./schema/function-arguments.ts";
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
  const trees = eachTreeDeep(world).flatMap(({ tree }) => (telling.has(tree.kind) ? [tree] : []));
  return (key, overload) => findCallers(world.story.schema, trees, key, overload);
}

const telling: ReadonlySet<string> = new Set([
  "AlterDefaultPrivilegesStmt",
  "CreateFunctionStmt",
  "DropStmt",
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
  const defaults: Privileges = { sure: new Set(["public"]), byDefault: new Set(["anon", "authenticated"]) };
  let callers = copy(defaults);
  let isMade = false;
  for (const { kind, fields } of trees) {
    if (kind === "AlterDefaultPrivilegesStmt") applyDefaults(defaults, fields, own);
    if (kind === "CreateFunctionStmt" && isSame(schema, fields, key, overload)) {
      // Replaced, it keeps what it was granted.
      if (!isMade || !isTrue(fields, "replace")) callers = copy(defaults);
      isMade = true;
    }
    if (kind === "DropStmt" && names(schema, fields, key, overload)) isMade = false;
    if (kind !== "GrantStmt" || !reaches(schema, fields, key, overload)) continue;
    if (isTrue(fields, "is_grant")) for (const role of grantees(fields)) callers.sure.add(role);
    else take(callers, grantees(fields));
  }
  return callers;
}

function isSame(schema: Schema, created: SqlFields, key: string, overload: FunctionOverload): boolean {
  return (
    functionKey(schema, listName(created, "funcname")) === key &&
    readArguments(created).argumentTypes.join() === overload.argumentTypes.join()
  );
}

interface Privileges {
  readonly sure: Set<ApiCaller>;
  readonly byDefault: Set<ApiCaller>;
}

function copy({ sure, byDefault }: Privileges): Privileges {
  return { sure: new Set(sure), byDefault: new Set(byDefault) };
}

function take(from: Privileges, roles: readonly ApiCaller[]): void {
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
  // REVOKE GRANT OPTION FOR leaves the privilege itself.
  if (!isTrue(grant, "is_grant") && isTrue(grant, "grant_option")) return false;
  if (!functionKinds.test(text(grant, "objtype"))) return false;
  if (text(grant, "targtype") === "ACL_TARGET_ALL_IN_SCHEMA")
    return strings(grant, "objects").includes(key.split(".")[0] ?? "");
  return names(schema, grant, key, overload);
}

/** `on function f(uuid)`, `drop function f(uuid)`. */
function names(schema: Schema, fields: SqlFields, key: string, overload: FunctionOverload): boolean {
  return listOf(fields, "objects").some(
    (one) =>
      functionKey(schema, listName(one.fields, "objname")) === key && fitsSignature(overload, one.fields),
  );
}

function grantees(grant: SqlFields): readonly ApiCaller[] {
  return roleNames(grant, "grantees").flatMap((name) =>
    name === "public" || name === "anon" || name === "authenticated" ? [name] : [],
  );
}

/** For functions made later. Migrations run as postgres: what is said for other roles is not for them. */
function applyDefaults(defaults: Privileges, alter: SqlFields, schema: string): void {
  const action = fieldsOf(alter, "action");
  const roles = optionOf(alter, "roles");
  const schemas = optionOf(alter, "schemas");
  if (!functionKinds.test(text(action, "objtype")) || (roles != null && !roles.includes("postgres"))) return;
  if (schemas != null && !schemas.includes(schema)) return;
  if (isTrue(action, "is_grant")) for (const role of grantees(action)) defaults.sure.add(role);
  // Within a schema it takes back what was granted there, which PUBLIC never was (supabase/supabase#49338).
  else
    take(defaults, schemas == null ? grantees(action) : grantees(action).filter((role) => role !== "public"));
}

/** IN SCHEMA … or FOR ROLE … of ALTER DEFAULT PRIVILEGES; null when it is not said. */
export function optionOf(alter: SqlFields, name: "schemas" | "roles"): readonly string[] | null {
  const option = listOf(alter, "options").find(({ fields }) => text(fields, "defname") === name);
  if (option == null) return null;
  const list = fieldsOf(fieldsOf(option.fields, "arg"), "List");
  return name === "roles" ? roleNames(list, "items") : strings(list, "items");
}
