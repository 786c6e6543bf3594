import { type Catalog, type CatalogObject, catalogKey, type Facets, indexCatalog } from "./catalog.ts";
import { type CatalogChange, diffCatalog, type FacetChange, renderChange } from "./diff-catalog.ts";
import type { DownProof } from "./down-proof.ts";

/** Facets the server spells; another major version may spell the same thing otherwise. */
const spelled: readonly string[] = [
  "definition",
  "default",
  "using",
  "check",
  "generated",
  "index",
  "where",
  "bound",
  "grants",
];

type Proven = Pick<DownProof, "latest" | "release">;

/**
 * Where the target is not what the proof started from, in the objects the downs are about: somebody changed it by
 * hand. Differences elsewhere are no business of the downs and stay.
 */
export function findDrift(target: Catalog, { latest, release }: Proven): readonly string[] {
  const present = indexCatalog(target);
  const sameServer = target.postgres === latest.postgres;
  return diffCatalog(latest, release).flatMap((change): readonly string[] => {
    const is = present.get(change.key);
    if (change.change === "created")
      return is == null ? [] : [`${renderChange(change)}, but the target has it already`];
    if (is == null) return [`${renderChange(change)}, but the target does not have it`];
    if (change.change === "dropped") return [];
    const off = change.facets.filter(({ facet, from }) => {
      if (!sameServer && spelled.includes(facet)) return false;
      return !isEqual(is.facets[facet], from);
    });
    return off.length === 0 ? [] : [renderDrift(change.key, is, off)];
  });
}

function renderDrift(key: string, is: CatalogObject, off: readonly FacetChange[]): string {
  const parts = off.map(
    ({ facet, from }) => `${facet} is ${show(is.facets[facet])} instead of ${show(from)}`,
  );
  return `${key}: ${parts.join(", ")}`;
}

/** The target's own catalog with the proven changes made: what has to be read back after the downs. */
export function assembleExpected(target: Catalog, { latest, release }: Proven): Catalog {
  const objects = new Map(indexCatalog(target));
  for (const change of diffCatalog(latest, release)) {
    if (change.change === "dropped") objects.delete(change.key);
    else if (change.change === "created") objects.set(change.key, change.after);
    else {
      const is = objects.get(change.key);
      if (is != null) objects.set(change.key, { ...is, facets: withFacets(is.facets, change) });
    }
  }
  const sorted = [...objects.values()].sort((a, b) => (catalogKey(a) < catalogKey(b) ? -1 : 1));
  return { postgres: target.postgres, objects: sorted };
}

function withFacets(facets: Facets, change: CatalogChange & { readonly change: "changed" }): Facets {
  const to = change.facets.map(({ facet, to: value }) => [facet, value] as const);
  return Object.fromEntries([...Object.entries(facets), ...to].filter(([, value]) => value != null));
}

/** How what is there differs from what is expected; spelling across major versions does not count. */
export function findUnexpected(expected: Catalog, seen: Catalog, shadow: Catalog): readonly string[] {
  const sameServer = seen.postgres === shadow.postgres;
  return diffCatalog(expected, seen).flatMap((change) => {
    if (sameServer || change.change !== "changed") return [renderChange(change)];
    const facets = change.facets.filter(({ facet }) => !spelled.includes(facet));
    return facets.length === 0 ? [] : [renderChange({ ...change, facets })];
  });
}

function isEqual(a: unknown, b: unknown): boolean {
  return JSON.stringify(a ?? null) === JSON.stringify(b ?? null);
}

function show(value: unknown): string {
  const text = JSON.stringify(value ?? null);
  return text.length > 60 ? `${text.slice(0, 57)}…` : text;
}
