import type { SqlTree } from "../../../plan/sql-tree.ts";
import { fieldsOf, listOf, text } from "../../sql-node.ts";
import { checkCalls, type Missing } from "./check-names.ts";
import { checkQuery } from "./check-query.ts";
import { listName, type Name } from "./names.ts";
import { type Columns, childScope } from "./query-scope.ts";
import { functionKey, type Schema } from "./schema.ts";

interface BodyTell {
  readonly missing: (problem: Missing, at: SqlTree) => void;
  /** A bare table name where search_path is empty. */
  readonly unqualified: (name: string, at: SqlTree, location: unknown) => void;
}

/** The SQL inside a function, against the schema at the end of the set: a body is looked at when it runs. */
export function checkBody(schema: Schema, tree: SqlTree, tell: BodyTell): void {
  const statements = tree.body?.statements;
  if (tree.body == null || statements == null) return;
  const path = readSearchPath(tree);
  const temporary = new Set(
    statements.flatMap(({ kind, fields }) =>
      kind === "CreateStmt"
        ? [text(fieldsOf(fields, "relation"), "relname")]
        : kind === "CreateTableAsStmt"
          ? [text(fieldsOf(fieldsOf(fields, "into"), "rel"), "relname")]
          : [],
    ),
  );
  const transitions = schema.transitionTables.get(functionKey(schema, listName(tree.fields, "funcname")));
  const rows = triggerRows(schema, tree);
  const told = new Set<string>();
  const view: Schema = path == null ? schema : { ...schema, searchPath: path };
  for (const inner of statements) {
    const report = (problem: Missing): void => {
      if (problem.kind === "extension") {
        if (told.has(problem.name.name) || mayDoWithout(tree, problem.name)) return;
        told.add(problem.name.name);
      }
      if (problem.kind !== "relation") {
        tell.missing(problem, inner);
        return;
      }
      const { name, location } = problem;
      if (temporary.has(name.name)) return;
      if (name.schema == null && transitions?.has(name.name)) return;
      // So they are called as a rule where the trigger is made by code.
      if (name.schema == null && /^(new|old)(_|$)|_(rows|table)$/.test(name.name)) return;
      if (
        name.schema == null &&
        path != null &&
        path.length === 0 &&
        schema.relations.has(`public.${name.name}`)
      ) {
        tell.unqualified(name.name, inner, location);
      } else tell.missing(problem, inner);
    };
    const scope = childScope(null, [...tree.body.variables, ...argumentNames(tree)]);
    for (const alias of rows == null ? [] : ["new", "old"])
      scope.relations.push({ alias, name: null, columns: rows });
    const checker = { schema: view, tell: report };
    if (/^(Select|Insert|Update|Delete|Merge)Stmt$/.test(inner.kind)) {
      checkQuery(checker, inner.kind, inner.fields, scope);
      checkCalls(checker, inner.fields);
    }
  }
}

/** The dashboard makes pg_cron and pg_net with their schemas too, and some code asks what there is. */
function mayDoWithout({ body }: SqlTree, { schema }: Name): boolean {
  if (schema != null && schema !== "extensions") return true;
  return /\bpg_(available_)?extensions?\b|\bto_reg|\b(undefined_function|others)\b/i.test(body?.text ?? "");
}

/** What NEW and OLD hold: what all tables have whose triggers run the function, or any where it asks which it is. */
function triggerRows(schema: Schema, tree: SqlTree): Columns {
  const key = functionKey(schema, listName(tree.fields, "funcname"));
  const all = [...(schema.triggerTables.get(key) ?? [])].map(
    (table) => schema.relations.get(table)?.columns ?? null,
  );
  const [first, ...others] = all;
  if (first == null || others.some((columns) => columns == null)) return null;
  const asks = /\btg_(table_name|relname|relid|argv|op)\b/i.test(tree.body?.text ?? "");
  if (asks) return new Map(all.flatMap((columns) => [...(columns ?? [])]));
  return new Map([...first].filter(([name]) => others.every((columns) => columns?.has(name))));
}

function argumentNames(tree: SqlTree): readonly string[] {
  return listOf(tree.fields, "parameters").map(({ fields }) => text(fields, "name").toLowerCase());
}

/** Null when the function sets none. */
function readSearchPath(tree: SqlTree): readonly string[] | null {
  for (const { fields } of listOf(tree.fields, "options")) {
    const set = fieldsOf(fieldsOf(fields, "arg"), "VariableSetStmt");
    if (text(fields, "defname") !== "set" || text(set, "name") !== "search_path") continue;
    return listOf(set, "args")
      .map((arg) => text(fieldsOf(arg.fields, "sval"), "sval"))
      .flatMap((name) => name.split(","))
      .map((name) => name.trim().replace(/^"|"$/g, ""))
      .filter((name) => name !== "");
  }
  return null;
}
