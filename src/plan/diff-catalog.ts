import {
  type Catalog,
  type CatalogObject,
  type CatalogValue,
  describeObject,
  indexCatalog,
} from "./catalog.ts";
import { canonicalJson } from "./digest.ts";

export interface FacetChange {
  readonly facet: string;
  readonly from: CatalogValue;
  readonly to: CatalogValue;
}

/** What became of one object on the way from one catalog to another. */
export type CatalogChange =
  | { readonly key: string; readonly change: "created"; readonly after: CatalogObject }
  | { readonly key: string; readonly change: "dropped"; readonly before: CatalogObject }
  | {
      readonly key: string;
      readonly change: "changed";
      readonly before: CatalogObject;
      readonly after: CatalogObject;
      readonly facets: readonly FacetChange[];
    };

/** Per object created, dropped or changed, by key. Empty when the two are equal. The order of columns does not count. */
export function diffCatalog(before: Catalog, after: Catalog): readonly CatalogChange[] {
  const left = indexCatalog(before);
  const right = indexCatalog(after);
  const changes: CatalogChange[] = [];
  for (const [key, object] of left) {
    const now = right.get(key);
    if (now == null) {
      changes.push({ key, change: "dropped", before: object });
      continue;
    }
    const facets = diffFacets(object, now);
    if (facets.length > 0) changes.push({ key, change: "changed", before: object, after: now, facets });
  }
  for (const [key, object] of right) {
    if (!left.has(key)) changes.push({ key, change: "created", after: object });
  }
  return changes.sort((a, b) => (a.key < b.key ? -1 : 1));
}

function diffFacets(before: CatalogObject, after: CatalogObject): readonly FacetChange[] {
  const names = [...new Set([...Object.keys(before.facets), ...Object.keys(after.facets)])].sort();
  return names.flatMap((facet) => {
    const from = before.facets[facet] ?? null;
    const to = after.facets[facet] ?? null;
    return canonicalJson(from) === canonicalJson(to) ? [] : [{ facet, from, to }];
  });
}

/** The object a change is about, as it is last seen. */
export function subjectOf(change: CatalogChange): CatalogObject {
  return change.change === "dropped" ? change.before : change.after;
}

/** One line, such as `changed: column public.notes.title (notNull false → true)`. */
export function renderChange(change: CatalogChange): string {
  const what = describeObject(subjectOf(change));
  if (change.change !== "changed") return `${change.change}: ${what}`;
  const facets = change.facets.map(({ facet, from, to }) => `${facet} ${shorten(from)} → ${shorten(to)}`);
  return `changed: ${what} (${facets.join("; ")})`;
}

function shorten(value: CatalogValue): string {
  const text = typeof value === "string" ? value : canonicalJson(value);
  const line = text.replace(/\s+/g, " ");
  return line.length > 80 ? `${line.slice(0, 77)}…` : line;
}

/**
 * Tables whose columns stand in another order: seen by `insert` without a column list and by `select *`,
 * so it is told though it is no difference.
 */
export function findReordered(before: Catalog, after: Catalog): readonly string[] {
  const order = (catalog: Catalog): ReadonlyMap<string, string> => {
    const columns = catalog.objects
      .filter(({ kind }) => kind === "column")
      .sort((a, b) => (a.origin.position ?? 0) - (b.origin.position ?? 0));
    const tables = new Map<string, string>();
    for (const { on, name } of columns) tables.set(on ?? "", `${tables.get(on ?? "") ?? ""},${name}`);
    return tables;
  };
  const wanted = order(before);
  const sorted = (names: string): string => names.split(",").sort().join();
  return [...order(after)]
    .filter(([table, names]) => {
      const was = wanted.get(table);
      return was != null && was !== names && sorted(was) === sorted(names);
    })
    .map(([table]) => table);
}
