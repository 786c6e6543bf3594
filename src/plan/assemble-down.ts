import type { Catalog, CatalogObject } from "./catalog.ts";
import { type Operation, orderOperations } from "./down/operation.ts";
import { renderTypeChange } from "./down/render-column-alter.ts";
import { renderCreate } from "./down/render-create.ts";
import { renderDrop } from "./down/render-drop.ts";
import { assembleScope, needsOf, type Scope } from "./down/scope.ts";
import { literal, quoteName, strings, text } from "./down/sql-text.ts";

export interface AssembledDown {
  /** In the order they are to run, without semicolons. */
  readonly statements: readonly string[];
  /** What no SQL brings back; empty when everything can be said. */
  readonly cannot: readonly string[];
}

const ranks = { drop: 0, rename: 1, alter: 2, create: 3, finish: 4 } as const;

/**
 * The SQL that turns the catalog `now` into `wanted` again. What it says is a proposal: only a shadow database
 * proves it (see prove-down). `remakeTables` as for assembleScope.
 */
export function assembleDown(now: Catalog, wanted: Catalog, remakeTables = false): AssembledDown {
  const scope = assembleScope(now, wanted, remakeTables);
  const operations = new Map<string, Operation>();
  const add = (id: string, rank: number, sql: readonly string[]): void => {
    operations.set(id, { id, sql, rank, after: new Set() });
  };
  for (const key of scope.drop) {
    if (foldInto(scope, key) == null) add(`drop ${key}`, ranks.drop, renderDrop(get(scope.now, key)));
  }
  for (const [key, sql] of scope.alter) {
    if (!scope.retype.has(key) && sql.length > 0) add(`alter ${key}`, ranks.alter, sql);
  }
  addTypeChanges(scope, add);
  addCreates(scope, wanted, add);
  linkOperations(scope, operations);
  return {
    statements: orderOperations([...operations.values()]).flatMap(({ sql }) => sql),
    cannot: scope.cannot,
  };
}

type Add = (id: string, rank: number, sql: readonly string[]) => void;

function addTypeChanges(scope: Scope, add: Add): void {
  for (const key of scope.replace) {
    const { name, facets } = get(scope.wanted, key);
    const old = name.replace(/("(?:[^"]|"")*"|[^.]*)$/, (local) =>
      quoteName(`bee_old_${local.replaceAll('"', "")}`),
    );
    const local = old.slice(old.lastIndexOf('"bee_old_'));
    add(`rename ${key}`, ranks.rename, [`alter type ${name} rename to ${local}`]);
    const owner =
      facets["owner"] === "postgres"
        ? []
        : [`alter type ${name} owner to ${quoteName(String(facets["owner"]))}`];
    add(`create ${key}`, ranks.create, [
      `create type ${name} as enum (${strings(facets["labels"]).map(literal).join(", ")})`,
      ...owner,
    ]);
    add(`finish ${key}`, ranks.finish, [`drop type ${old}`]);
  }
  for (const key of scope.retype) {
    const [from, to] = [scope.now.get(key), scope.wanted.get(key)];
    if (from == null || to == null) continue;
    const type = text(to, "type") ?? "";
    const isEnum = scope.replace.has(`enum ${type.replace(/\[\]$/, "")}`);
    const via = isEnum ? (type.endsWith("[]") ? "text[]" : "text") : undefined;
    const rest = (scope.alter.get(key) ?? []).filter(
      (statement) => !/ (type|(set|drop) default)\b/.test(statement),
    );
    add(`alter ${key}`, ranks.alter, [...renderTypeChange(from, to, via), ...rest]);
  }
  for (const key of scope.detach) {
    const to = scope.wanted.get(key);
    if (to == null || scope.drop.has(key)) continue;
    const column = `alter table ${to.on} alter column ${to.name}`;
    add(`detach ${key}`, ranks.drop, [`${column} drop default`]);
    if (to.facets["default"] != null) {
      add(`attach ${key}`, ranks.finish, [`${column} set default ${to.facets["default"]}`]);
    }
  }
}

function addCreates(scope: Scope, wanted: Catalog, add: Add): void {
  const columns = wanted.objects.filter(({ kind }) => kind === "column");
  const context = {
    columnsOf: (table: string) => columns.filter(({ on }) => on === table),
    defaults: wanted.objects.filter(({ kind }) => kind === "default privileges"),
  };
  for (const key of scope.create) {
    const object = get(scope.wanted, key);
    if (isFoldedColumn(scope, object)) continue;
    const sql = renderCreate(object, context);
    if (sql == null) scope.cannot.push(`${key} was dropped or changed, and bee cannot write it anew`);
    else add(`create ${key}`, ranks.create, sql);
    const [table, column] = strings(object.kind === "sequence" ? object.facets["ownedBy"] : undefined);
    if (table != null)
      add(`finish ${key}`, ranks.finish, [`alter sequence ${object.name} owned by ${table}.${column}`]);
    if (object.kind === "table" && String(object.facets["replicaIdentity"]).startsWith("i ")) {
      const index = String(object.facets["replicaIdentity"]).slice(2);
      add(`finish ${key}`, ranks.finish, [
        `alter table ${object.name} replica identity using index ${index}`,
      ]);
    }
  }
}

/** The key whose drop takes this object with it; null when it needs a drop of its own. */
function foldInto(scope: Scope, key: string): string | null {
  const object = get(scope.now, key);
  const owner = object.kind === "sequence" ? strings(object.facets["ownedBy"]) : [];
  if (owner.length === 2) {
    const holders = [`table ${owner[0]}`, `column ${owner[0]}: ${owner[1]}`];
    return holders.find((holder) => scope.drop.has(holder)) ?? null;
  }
  if (object.on == null) return null;
  const parent = ["table", "view", "materialized view", "publication", "domain"]
    .map((kind) => `${kind} ${object.on}`)
    .find((candidate) => scope.drop.has(candidate));
  if (object.kind === "publication table") {
    return scope.drop.has(`table ${object.name}`) ? `table ${object.name}` : (parent ?? null);
  }
  if (parent == null || object.facets["type"] !== "f") return parent ?? null;
  // A foreign key to another table that goes: dropped first, or two tables would wait for each other.
  const abroad = object.origin.needs.some((need) => {
    const needed = scope.now.get(need);
    const table = `table ${needed?.kind === "table" ? needed.name : needed?.on}`;
    return table !== parent && scope.drop.has(table);
  });
  return abroad ? null : parent;
}

function isFoldedColumn(scope: Scope, { kind, on }: CatalogObject): boolean {
  return kind === "column" && scope.create.has(`table ${on}`);
}

/** Dependents go before what they need, and come after it. */
function linkOperations(scope: Scope, operations: ReadonlyMap<string, Operation>): void {
  const link = (id: string, after: string): void => {
    if (id !== after && operations.has(after)) operations.get(id)?.after.add(after);
  };
  const dropOf = (key: string): string => {
    const parent = scope.drop.has(key) ? foldInto(scope, key) : null;
    return `drop ${parent ?? key}`;
  };
  const createOf = (key: string): string => {
    const object = scope.wanted.get(key);
    return `create ${object != null && isFoldedColumn(scope, object) ? `table ${object.on}` : key}`;
  };
  for (const [key, object] of scope.now) {
    for (const need of needsOf(object)) {
      link(dropOf(need), dropOf(key));
      link(dropOf(need), `alter ${key}`);
      link(dropOf(need), `detach ${key}`);
      link(`finish ${need}`, `alter ${key}`);
      link(`finish ${need}`, dropOf(key));
      // What is altered in place waits for what stood in its way.
      if (scope.retype.has(need)) link(`alter ${need}`, dropOf(key));
    }
  }
  for (const [key, object] of scope.wanted) {
    for (const need of needsOf(object)) {
      for (const own of [createOf(key), `alter ${key}`, `attach ${key}`]) {
        link(own, createOf(need));
        if (own !== `alter ${key}` || scope.retype.has(need)) link(own, `alter ${need}`);
      }
    }
    link(`create ${key}`, `drop ${key}`);
    link(`create ${key}`, `rename ${key}`);
    link(`finish ${key}`, `create ${key}`);
    const [table, column] = strings(object.facets["ownedBy"]);
    if (table != null) link(`finish ${key}`, createOf(`column ${table}: ${column}`));
  }
}

function get(objects: ReadonlyMap<string, CatalogObject>, key: string): CatalogObject {
  const object = objects.get(key);
  if (object == null) throw new Error(`no such object: ${key}`);
  return object;
}
