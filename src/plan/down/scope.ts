import { type Catalog, type CatalogObject, catalogKey, indexCatalog } from "../catalog.ts";
import { diffCatalog } from "../diff-catalog.ts";
import { renderAlter } from "./render-alter.ts";
import { flag, strings, text } from "./sql-text.ts";

/** Which objects a down drops, makes and alters, before any order. */
export interface Scope {
  readonly now: ReadonlyMap<string, CatalogObject>;
  readonly wanted: ReadonlyMap<string, CatalogObject>;
  /** Keys in `now` that go, and keys in `wanted` that come; one in both is made anew. */
  readonly drop: Set<string>;
  readonly create: Set<string>;
  readonly alter: Map<string, readonly string[]>;
  /** Enums that lose labels. */
  readonly replace: Set<string>;
  /** Columns that change their type. */
  readonly retype: Set<string>;
  /** Columns whose default lets go of something that is made anew. */
  readonly detach: Set<string>;
  readonly cannot: string[];
}

/** `remakeTables`: those dropped and made anew since go that way again, for what they hold now cannot be converted. */
export function assembleScope(now: Catalog, wanted: Catalog, remakeTables = false): Scope {
  const scope: Scope = {
    now: indexCatalog(now),
    wanted: indexCatalog(wanted),
    drop: new Set(),
    create: new Set(),
    alter: new Map(),
    replace: new Set(),
    retype: new Set(),
    detach: new Set(),
    cannot: [],
  };
  const changes = diffCatalog(now, wanted);
  const changed = new Set(changes.map(({ key }) => key));
  for (const change of changes) {
    const subject = change.change === "created" ? change.after : change.before;
    if (followsParent(subject, changed, scope)) continue;
    if (change.change === "dropped") scope.drop.add(change.key);
    else if (change.change === "created") scope.create.add(change.key);
    else {
      const alteration = renderAlter({ from: change.before, to: change.after, facets: change.facets });
      if (alteration.how === "cannot") scope.cannot.push(alteration.why);
      if (alteration.how === "replace") scope.replace.add(change.key);
      if (alteration.how === "recreate") remake(scope, change.key);
      if (alteration.how === "alter") scope.alter.set(change.key, alteration.sql);
      const retyped = change.facets.some(({ facet }) => facet === "type" || facet === "collation");
      if (subject.kind === "column" && retyped) scope.retype.add(change.key);
    }
  }
  if (remakeTables) for (const table of findRebuilt(now, wanted)) remakeTable(scope, table);
  widen(scope);
  return scope;
}

/** Tables of the same name that are not the same table; the catalogs are of one database. */
export function findRebuilt(now: Catalog, wanted: Catalog): readonly string[] {
  const before = indexCatalog(wanted);
  return now.objects
    .filter((object) => {
      const was = object.kind === "table" ? before.get(catalogKey(object)) : undefined;
      return was != null && was.origin.address !== object.origin.address;
    })
    .map(({ name }) => name);
}

function remakeTable(scope: Scope, table: string): void {
  const isPart = (object: CatalogObject): boolean =>
    object.on === table ||
    (object.kind === "table" && object.name === table) ||
    (object.kind === "publication table" && object.name === table) ||
    (object.kind === "sequence" && strings(object.facets["ownedBy"])[0] === table);
  for (const [key, object] of scope.now) if (isPart(object)) scope.drop.add(key);
  for (const [key, object] of scope.wanted) if (isPart(object)) scope.create.add(key);
  for (const key of [...scope.drop, ...scope.create]) {
    scope.alter.delete(key);
    scope.retype.delete(key);
  }
}

/** A partition's columns and inherited checks change with their parent's. */
function followsParent(object: CatalogObject, changed: ReadonlySet<string>, scope: Scope): boolean {
  if (!flag(object, "inherited")) return false;
  if (object.kind === "constraint") return true;
  const table = scope.now.get(`table ${object.on}`) ?? scope.wanted.get(`table ${object.on}`);
  const parents = strings(table?.facets["inherits"]);
  return parents.some((parent) => changed.has(catalogKey({ ...object, on: parent })));
}

function remake(scope: Scope, key: string): void {
  scope.drop.add(key);
  scope.create.add(key);
  scope.alter.delete(key);
}

/** Made anew these would lose rows or their count. */
const lasting: readonly string[] = ["table", "column", "sequence"];

/** PostgreSQL refuses to alter or drop what others hang on: those are made anew around it. */
function widen(scope: Scope): void {
  const dependents = assembleDependents(scope.now);
  const blocked = ["view", "materialized view", "rule", "policy", "trigger", "publication table", "function"];
  for (let grown = true; grown; ) {
    grown = false;
    const consider = (key: string, isBlocked: (object: CatalogObject) => boolean): void => {
      const object = scope.now.get(key);
      if (object == null || scope.drop.has(key) || !scope.wanted.has(key) || !isBlocked(object)) return;
      remake(scope, key);
      grown = true;
    };
    for (const key of scope.replace) {
      for (const dependent of dependents.get(key) ?? []) {
        if (dependent.startsWith("column ")) {
          if (!scope.retype.has(dependent)) grown = true;
          scope.retype.add(dependent);
        } else consider(dependent, ({ kind }) => kind !== "table");
      }
    }
    for (const key of scope.retype) {
      for (const dependent of dependents.get(key) ?? [])
        consider(dependent, ({ kind }) => blocked.includes(kind));
    }
    for (const key of scope.drop) {
      for (const dependent of dependents.get(key) ?? []) {
        const object = scope.now.get(dependent);
        const holds = object?.kind === "column" && scope.create.has(key) && text(object, "default") != null;
        if (holds) scope.detach.add(dependent);
        // One that is altered lets go of what is gone for good by itself.
        else if (scope.create.has(key) || !scope.alter.has(dependent))
          consider(dependent, ({ kind }) => !lasting.includes(kind));
      }
    }
  }
}

function assembleDependents(
  objects: ReadonlyMap<string, CatalogObject>,
): ReadonlyMap<string, readonly string[]> {
  const dependents = new Map<string, string[]>();
  for (const [key, object] of objects) {
    for (const need of needsOf(object)) {
      const known = dependents.get(need);
      if (known == null) dependents.set(need, [key]);
      else known.push(key);
    }
  }
  return dependents;
}

/** A sequence owned by a column goes with it, but the column's default cannot be without the sequence. */
export function needsOf(object: CatalogObject): readonly string[] {
  const { needs } = object.origin;
  return object.kind === "sequence" ? needs.filter((need) => !/^(column|table) /.test(need)) : needs;
}
