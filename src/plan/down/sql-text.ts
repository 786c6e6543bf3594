import type { CatalogObject, CatalogValue } from "../catalog.ts";

/** Always quoted: a role or label may be a reserved word. */
export function quoteName(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function literal(text: string): string {
  const doubled = text.replaceAll("'", "''");
  return text.includes("\\") ? `E'${doubled.replaceAll("\\", "\\\\")}'` : `'${doubled}'`;
}

/** A role as GRANT wants it: `public` is a keyword there. */
export function roleName(name: string): string {
  return name === "public" ? "public" : quoteName(name);
}

export function text(object: CatalogObject, facet: string): string | null {
  const value = object.facets[facet];
  return typeof value === "string" ? value : null;
}

export function flag(object: CatalogObject, facet: string): boolean {
  return object.facets[facet] === true;
}

export function list(value: CatalogValue | undefined): readonly CatalogValue[] {
  return Array.isArray(value) ? value : [];
}

export function strings(value: CatalogValue | undefined): readonly string[] {
  return list(value).filter((entry) => typeof entry === "string");
}

export function record(value: CatalogValue | undefined): Readonly<Record<string, CatalogValue>> {
  return value != null && typeof value === "object" && !Array.isArray(value)
    ? (value as Readonly<Record<string, CatalogValue>>)
    : {};
}

/** What COMMENT, ALTER … OWNER and DROP call an object of this kind. */
export function kindWord({ kind, facets }: CatalogObject): string {
  if (kind === "enum" || kind === "composite type" || kind === "range type") return "type";
  if (kind === "function") return String(facets["form"] ?? "function");
  if (kind === "table" && facets["form"] === "foreign") return "foreign table";
  return kind;
}

/** The object as COMMENT ON names it. */
export function commentTarget(object: CatalogObject): string {
  if (object.kind === "column") return `column ${object.on}.${object.name}`;
  return object.on == null
    ? `${kindWord(object)} ${object.name}`
    : `${object.kind} ${object.name} on ${object.on}`;
}
