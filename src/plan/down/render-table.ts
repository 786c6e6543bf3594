import type { CatalogObject, CatalogValue } from "../catalog.ts";
import { flag, record, strings, text } from "./sql-text.ts";

/** CREATE TABLE with its columns; constraints, indexes and the rest follow as operations of their own. */
export function renderTable(table: CatalogObject, columns: readonly CatalogObject[]): string | null {
  const { name, facets } = table;
  if (facets["form"] === "foreign" || facets["type"] != null) return null;
  const parents = strings(facets["inherits"]);
  const unlogged = facets["persistence"] === "u" ? "unlogged " : "";
  const bound = text(table, "bound");
  const by = text(table, "partitionBy");
  const own = [...columns]
    .filter(({ facets: column }) => column["inherited"] !== true)
    .sort((a, b) => (a.origin.position ?? 0) - (b.origin.position ?? 0))
    .map(renderColumn);
  const body =
    bound != null
      ? `partition of ${parents[0]} ${bound}`
      : `(${own.map((line) => `\n  ${line}`).join(",")}\n)`;
  const options = strings(facets["options"]);
  return [
    `create ${unlogged}table ${name} ${body}`,
    ...(bound == null && parents.length > 0 ? [`inherits (${parents.join(", ")})`] : []),
    ...(by == null ? [] : [`partition by ${by}`]),
    ...(facets["accessMethod"] === "heap" || by != null ? [] : [`using ${facets["accessMethod"]}`]),
    ...(options.length === 0 ? [] : [`with (${options.join(", ")})`]),
  ].join(" ");
}

/** `name type …` as CREATE TABLE and ADD COLUMN take it. */
export function renderColumn(column: CatalogObject): string {
  const { name, facets } = column;
  const fallback = text(column, "default");
  const generated = facets["generated"];
  return [
    name,
    text(column, "type"),
    ...(facets["collation"] == null ? [] : [`collate ${facets["collation"]}`]),
    ...(fallback == null ? [] : [`default ${fallback}`]),
    ...(Array.isArray(generated)
      ? [`generated always as (${generated[1]}) ${generated[0] === "v" ? "virtual" : "stored"}`]
      : []),
    ...(facets["identity"] == null ? [] : [renderIdentity(facets["identity"])]),
    ...(flag(column, "notNull") ? ["not null"] : []),
  ].join(" ");
}

export function renderIdentity(identity: CatalogValue): string {
  const { always, sequence, ...options } = record(identity);
  return `generated ${always === true ? "always" : "by default"} as identity (sequence name ${sequence} ${renderSequenceOptions(options)})`;
}

/** The type is the column's own for an identity, so it is left to the caller. */
export function renderSequenceOptions(options: Readonly<Record<string, CatalogValue>>): string {
  return [
    `increment by ${options["increment"]}`,
    `minvalue ${options["minimum"]}`,
    `maxvalue ${options["maximum"]}`,
    `start with ${options["start"]}`,
    `cache ${options["cache"]}`,
    options["cycle"] === true ? "cycle" : "no cycle",
  ].join(" ");
}

/** What CREATE TABLE and ADD COLUMN cannot say. */
export function renderColumnExtras(column: CatalogObject): readonly string[] {
  const alter = `alter table ${column.on} alter column ${column.name}`;
  const storage: Readonly<Record<string, string>> = { p: "plain", e: "external", m: "main", x: "extended" };
  const compression: Readonly<Record<string, string>> = { p: "pglz", l: "lz4" };
  const { facets } = column;
  return [
    ...(facets["storage"] == null ? [] : [`${alter} set storage ${storage[String(facets["storage"])]}`]),
    ...(facets["compression"] == null
      ? []
      : [`${alter} set compression ${compression[String(facets["compression"])]}`]),
    ...(facets["statistics"] == null ? [] : [`${alter} set statistics ${facets["statistics"]}`]),
    ...(strings(facets["options"]).length === 0
      ? []
      : [`${alter} set (${strings(facets["options"]).join(", ")})`]),
  ];
}

export function renderReplicaIdentity(table: CatalogObject): string {
  const [mode, index] = String(table.facets["replicaIdentity"] ?? "d").split(/ (.*)/);
  const words: Readonly<Record<string, string>> = {
    d: "default",
    n: "nothing",
    f: "full",
    i: `using index ${index}`,
  };
  return `alter table ${table.name} replica identity ${words[mode ?? "d"]}`;
}
