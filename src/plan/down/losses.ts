import { type Catalog, type CatalogObject, describeObject } from "../catalog.ts";
import { type CatalogChange, diffCatalog, subjectOf } from "../diff-catalog.ts";
import { strings, text } from "./sql-text.ts";
import { judgeTypeChange } from "./type-change.ts";

/** Values that going from one catalog to another destroys. */
export interface Loss {
  /** What has to be named to accept it: `public.notes`, `public.notes.title`, `public.mood 'calm'`. */
  readonly object: string;
  readonly kind: "table" | "column" | "values" | "label" | "rows";
  /** The table that holds them; null when many may. */
  readonly table: string | null;
  /** Null for whole rows. */
  readonly column: string | null;
  readonly why: string;
}

/**
 * What is lost on the way from `from` to `to`, two catalogs of one database, as far as catalogs tell. Rows that
 * statements delete are not seen here.
 */
export function assembleLosses(from: Catalog, to: Catalog): readonly Loss[] {
  const enums = to.objects.filter(({ kind }) => kind === "enum").map(({ name }) => name);
  const enumsBefore = from.objects.filter(({ kind }) => kind === "enum").map(({ name }) => name);
  const addresses = new Set(to.objects.map(({ kind, origin }) => `${kind} ${origin.address}`));
  const isRenamed = ({ kind, origin }: CatalogObject): boolean => addresses.has(`${kind} ${origin.address}`);
  const changes = diffCatalog(from, to).filter((one) => one.change !== "dropped" || !isRenamed(one.before));
  const goneTables = new Set(
    changes
      .filter((one) => one.change === "dropped" && one.before.kind === "table")
      .map((one) => subjectOf(one).name),
  );
  return changes
    .filter((one) => !goneTables.has(subjectOf(one).on ?? ""))
    .flatMap((one) => judgeChange(one, [...new Set([...enums, ...enumsBefore])]));
}

function judgeChange(change: CatalogChange, enums: readonly string[]): readonly Loss[] {
  if (change.change === "created") return [];
  const { before } = change;
  const { kind, name, on } = before;
  if (change.change === "dropped") {
    if (kind === "table" && before.facets["form"] !== "foreign") {
      return [{ object: name, kind: "table", table: name, column: null, why: `table ${name} is dropped` }];
    }
    if (
      kind === "column" &&
      on != null &&
      before.facets["generated"] == null &&
      before.facets["inherited"] !== true
    )
      return [columnLoss(before, "is dropped")];
    return [];
  }
  if (kind === "column") {
    const [from, to] = [text(before, "type") ?? "", text(change.after, "type") ?? ""];
    if (judgeTypeChange(from, to, enums) !== "changes") return [];
    return [{ ...columnLoss(before, `becomes ${to}, which cannot hold every ${from}`), kind: "values" }];
  }
  if (kind !== "enum") return [];
  const [had, has] = [strings(before.facets["labels"]), strings(change.after.facets["labels"])];
  if (had.length === has.length) return [];
  return had
    .filter((label) => !has.includes(label))
    .map((label) => ({
      object: `${name} '${label}'`,
      kind: "label",
      table: null,
      column: null,
      why: `${describeObject(before)} has no '${label}' then`,
    }));
}

function columnLoss({ name, on }: CatalogObject, what: string): Loss {
  return {
    object: `${on}.${name}`,
    kind: "column",
    table: on,
    column: name,
    why: `column ${on}.${name} ${what}`,
  };
}
