import { tokenizeSql } from "../../../plan/sql-tokens.ts";
import type { SqlTree } from "../../../plan/sql-tree.ts";
import { fieldsOf, listOf, text } from "../../sql-node.ts";
import type { AuditedMigration, PlacedTree } from "../world.ts";
import { applyStatement, type Made } from "./apply.ts";
import { checkBody } from "./check-body.ts";
import { checkStatement } from "./check-statement.ts";
import { dropsAnything } from "./drop.ts";
import { rangeName } from "./names.ts";
import { alreadyThere, describe, type SchemaProblem, unqualified } from "./problem.ts";
import { createSchema, relationKey, type Schema } from "./schema.ts";

export interface SchemaStory {
  /** After the last migration. */
  readonly schema: Schema;
  readonly problems: readonly SchemaProblem[];
  /** `kind schema.name` → path of the file that made it first. */
  readonly madeIn: ReadonlyMap<string, string>;
  /** DROP statements that find nothing of what they name. */
  readonly idleDrops: ReadonlySet<SqlTree>;
}

/** Runs the set over an empty project (or one with a target's extensions), in order, without a server: what is there when, and what is used too early. */
export function foldSchema(
  migrations: readonly AuditedMigration[],
  extensions?: ReadonlySet<string>,
): SchemaStory {
  const uncertain = findUncertain(migrations);
  const start = (): Schema => {
    const schema = createSchema(extensions);
    for (const name of uncertain) schema.uncertain.add(name);
    return schema;
  };
  const madeIn = new Map<string, string>();
  const idleDrops = new Set<SqlTree>();
  run(migrations, start(), madeIn, idleDrops, () => {});
  const problems: SchemaProblem[] = [];
  const schema = run(migrations, start(), new Map(), idleDrops, (problem) => problems.push(problem), madeIn);
  return { schema, problems, madeIn, idleDrops };
}

function run(
  migrations: readonly AuditedMigration[],
  schema: Schema,
  madeIn: Map<string, string>,
  idleDrops: Set<SqlTree>,
  tell: (problem: SchemaProblem) => void,
  later?: ReadonlyMap<string, string>,
): Schema {
  const bodies: PlacedTree[] = [];
  // What was made before and is gone is not still to come.
  const upcoming = {
    get: (key: string) => (madeIn.has(key) ? undefined : later?.get(key)),
    names: () => later?.keys() ?? [],
  };
  for (const migration of migrations) {
    const { path } = migration.file;
    for (const tree of migration.parsed.trees) {
      const placed = { migration, tree };
      if (tree.kind === "DropStmt" && !dropsAnything(schema, tree.fields)) idleDrops.add(tree);
      if (later != null) {
        checkStatement({ schema, tell: (missing) => tell(describe(placed, tree, missing, upcoming)) }, tree);
      }
      const made: Made = (kind, key, { orReplace, ifNotExists }) => {
        const where = madeIn.get(`${kind} ${key}`);
        const isThere = has(schema, kind, key);
        const isTaken = schema.cascaded && /^(policy|trigger|view|index)$/.test(kind);
        if (isThere && !isTaken && !orReplace && !ifNotExists && later != null) {
          tell(alreadyThere(placed, kind, key, where ?? path));
        }
        if (where == null) madeIn.set(`${kind} ${key}`, path);
      };
      if (tree.kind === "DoStmt") applyBody(schema, tree, path, madeIn);
      else applyStatement(schema, tree, path, made);
      noteColumns(schema, tree, madeIn, path);
      if (tree.kind === "CreateFunctionStmt") bodies.push(placed);
    }
    // A SET in a file ends with the file's session settings (RESET ALL before each).
    schema.searchPath = ["public"];
  }
  if (later != null) {
    const standing = new Set([...schema.functions.values()].flat().map(({ tree }) => tree));
    for (const placed of bodies) {
      // What was replaced or dropped since runs no more.
      if (!standing.has(placed.tree)) continue;
      checkBody(schema, placed.tree, {
        missing: (missing, at) => tell(describe(placed, at, missing, upcoming)),
        unqualified: (name, at, location) => tell(unqualified(placed, at, name, location)),
      });
    }
  }
  return schema;
}

const withColumns: ReadonlyMap<string, string> = new Map([
  ["CreateStmt", "relation"],
  ["AlterTableStmt", "relation"],
  ["RenameStmt", "relation"],
  ["ViewStmt", "view"],
]);

function noteColumns(
  schema: Schema,
  { kind, fields }: SqlTree,
  madeIn: Map<string, string>,
  path: string,
): void {
  const field = withColumns.get(kind);
  if (field == null || fields[field] == null) return;
  // Most of what is altered is no column.
  if (
    kind === "AlterTableStmt" &&
    !listOf(fields, "cmds").some((one) => text(one.fields, "subtype") === "AT_AddColumn")
  )
    return;
  const key = relationKey(schema, rangeName(fieldsOf(fields, field)));
  for (const column of schema.relations.get(key)?.columns?.keys() ?? []) {
    const name = `column ${key}.${column}`;
    if (!madeIn.has(name)) madeIn.set(name, path);
  }
}

function applyBody(schema: Schema, tree: SqlTree, path: string, madeIn: Map<string, string>): void {
  for (const inner of tree.body?.statements ?? []) {
    applyStatement(schema, inner, path, (kind, key) => {
      if (!madeIn.has(`${kind} ${key}`)) madeIn.set(`${kind} ${key}`, path);
    });
  }
}

function has(schema: Schema, kind: string, key: string): boolean {
  if (kind === "type") return schema.types.has(key);
  if (kind === "policy") return schema.policies.has(key);
  if (kind === "trigger") return schema.triggers.has(key);
  return schema.relations.has(key);
}

/** Names in code whose SQL is put together or not understood: what it makes cannot be told. */
function findUncertain(migrations: readonly AuditedMigration[]): ReadonlySet<string> {
  const names = new Set<string>();
  for (const { parsed } of migrations) {
    for (const { body, kind } of parsed.trees) {
      if (body == null || (kind !== "DoStmt" && !body.dynamic)) continue;
      if (kind === "DoStmt" && body.statements != null && !body.dynamic) continue;
      if (!/\b(create|alter|rename)\b/i.test(body.text)) continue;
      for (const { kind: token, start, end } of tokenizeSql(body.text)) {
        if (token !== "word" && token !== "string" && token !== "quoted") continue;
        for (const word of body.text
          .slice(start, end)
          .toLowerCase()
          .match(/[a-z_][a-z0-9_$]*/g) ?? [])
          names.add(word);
      }
    }
    // A statement that was not understood may have made anything it names.
    for (const { sql } of parsed.errors)
      for (const word of sql.toLowerCase().match(/[a-z_][a-z0-9_$]*/g) ?? []) names.add(word);
  }
  return names;
}
