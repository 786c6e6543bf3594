import { canonicalJson, sha256 } from "./digest.ts";

export const catalogKinds = [
  "schema",
  "extension",
  "role",
  "setting",
  "default privileges",
  "enum",
  "composite type",
  "domain",
  "range type",
  "sequence",
  "function",
  "table",
  "column",
  "constraint",
  "index",
  "statistics",
  "view",
  "materialized view",
  "rule",
  "trigger",
  "policy",
  "event trigger",
  "publication",
  "publication table",
  "publication schema",
  "other",
] as const;

export type CatalogKind = (typeof catalogKinds)[number];

export type CatalogValue =
  | string
  | number
  | boolean
  | null
  | readonly CatalogValue[]
  | { readonly [key: string]: CatalogValue };

export type Facets = Readonly<Record<string, CatalogValue>>;

/** One object of a database, as plain data that two databases can be compared by. */
export interface CatalogObject {
  readonly kind: CatalogKind;
  /** In SQL spelling, qualified where the object has a schema: `public.notes`, `public.f(integer)`, `"Odd name"`. */
  readonly name: string;
  /** The table, view, domain or publication it is a part of, in SQL spelling. */
  readonly on: string | null;
  /** Owner, grants, definition … Everything that makes it equal or not to another. */
  readonly facets: Facets;
  /** True only of the database it was read from; not compared. */
  readonly origin: CatalogOrigin;
}

export interface CatalogOrigin {
  /** Class, object and column number: stays the same as long as nobody drops and makes it anew. */
  readonly address: string;
  /** A column's place in its table. */
  readonly position: number | null;
  /** Keys of the objects it cannot be without. */
  readonly needs: readonly string[];
}

/** What an app made of a database. Platform schemas are left out, but not what the app put on their tables. */
export interface Catalog {
  /** Major version of the server, which decides how definitions are spelled. */
  readonly postgres: number;
  /** By key; keys are unique. */
  readonly objects: readonly CatalogObject[];
}

/** Names an object across databases: `policy public.notes: "users read"`. */
export function catalogKey({ kind, on, name }: Pick<CatalogObject, "kind" | "on" | "name">): string {
  return on == null ? `${kind} ${name}` : `${kind} ${on}: ${name}`;
}

/** As people say it: `policy "users read" on public.notes`. */
export function describeObject({ kind, on, name }: Pick<CatalogObject, "kind" | "on" | "name">): string {
  if (on == null) return `${kind} ${name}`;
  return kind === "column" ? `column ${on}.${name}` : `${kind} ${name} on ${on}`;
}

/** Hex sha256; equal for databases that an app cannot tell apart by anything but their rows. */
export function fingerprintCatalog({ objects }: Catalog): string {
  return sha256(canonicalJson(objects.map((object) => [catalogKey(object), object.facets])));
}

export function indexCatalog({ objects }: Catalog): ReadonlyMap<string, CatalogObject> {
  return new Map(objects.map((object) => [catalogKey(object), object]));
}
