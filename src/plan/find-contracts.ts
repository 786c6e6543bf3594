import type { Catalog } from "./catalog.ts";
import { type CatalogChange, diffCatalog, renderChange, subjectOf } from "./diff-catalog.ts";
import { findRebuilt } from "./down/scope.ts";
import { strings, text } from "./down/sql-text.ts";
import { judgeTypeChange } from "./down/type-change.ts";

const carriers: readonly string[] = [
  "schema",
  "table",
  "column",
  "view",
  "materialized view",
  "function",
  "enum",
  "domain",
];

/** Between two catalogs of one database: changes that take something away or let less in: dropped objects, dropped labels, narrower types, NOT NULL, tables made anew. */
export function findContracts(before: Catalog, after: Catalog): readonly string[] {
  const enums = before.objects.filter(({ kind }) => kind === "enum").map(({ name }) => name);
  const taken = diffCatalog(before, after)
    .filter((change) => !isPartOfGone(change, before, after) && narrows(change, enums))
    .map(renderChange);
  return [...taken, ...findRebuilt(after, before).map((name) => `made anew: table ${name}`)];
}

function isPartOfGone(change: CatalogChange, before: Catalog, after: Catalog): boolean {
  const { on } = subjectOf(change);
  const has = (catalog: Catalog): boolean =>
    catalog.objects.some(({ kind, name }) => kind === "table" && name === on);
  return on != null && has(before) && !has(after);
}

function narrows(change: CatalogChange, enums: readonly string[]): boolean {
  if (change.change === "created") return false;
  const { before } = change;
  if (change.change === "dropped") return carriers.includes(before.kind);
  if (before.kind === "enum") {
    const labels = strings(change.after.facets["labels"]);
    return strings(before.facets["labels"]).some((label) => !labels.includes(label));
  }
  if (before.kind !== "column") return false;
  if (before.facets["notNull"] === false && change.after.facets["notNull"] === true) return true;
  return judgeTypeChange(text(before, "type") ?? "", text(change.after, "type") ?? "", enums) !== "keeps";
}
