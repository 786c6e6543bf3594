import type { CatalogObject } from "../catalog.ts";
import type { Alteration } from "./render-alter.ts";
import { renderIdentity, renderSequenceOptions } from "./render-table.ts";
import { flag, record, strings, text } from "./sql-text.ts";

/** Types whose values reach the other by assignment, where PostgreSQL fails rather than cuts. */
const assignable =
  /^(smallint|integer|bigint|numeric|real|double precision|character varying|text|character)\b/;

/** One facet of a column. A type is changed with its default taken off before and put back after. */
export function renderColumnAlter(from: CatalogObject, to: CatalogObject, facet: string): Alteration {
  const column = `alter table ${to.on} alter column ${to.name}`;
  const alter = (...sql: readonly string[]): Alteration => ({ how: "alter", sql });
  switch (facet) {
    case "type":
    case "collation":
      return alter(...renderTypeChange(from, to));
    case "default":
      return text(from, "type") === text(to, "type")
        ? alter(renderDefault(to))
        : // The change of the type sees to it.
          alter();
    case "notNull":
      return alter(`${column} ${flag(to, "notNull") ? "set" : "drop"} not null`);
    case "identity":
      return alter(...renderIdentityChange(from, to));
    case "generated":
      if (to.facets["generated"] == null) return alter(`${column} drop expression`);
      return from.facets["generated"] == null
        ? {
            how: "cannot",
            why: `column ${to.on}.${to.name} was generated, and a plain column cannot become that again`,
          }
        : alter(`${column} set expression as (${strings(to.facets["generated"])[1]})`);
    case "storage":
      return alter(`${column} set storage ${to.facets["storage"] == null ? "default" : storageWord(to)}`);
    case "compression":
      return alter(`${column} set compression ${compressionWord(to)}`);
    case "statistics":
      return alter(`${column} set statistics ${to.facets["statistics"] ?? -1}`);
    case "options": {
      const name = (option: string): string => option.split("=")[0] ?? option;
      const has = strings(to.facets["options"]);
      const gone = strings(from.facets["options"])
        .map(name)
        .filter((one) => !has.map(name).includes(one));
      return alter(
        ...(gone.length === 0 ? [] : [`${column} reset (${gone.join(", ")})`]),
        ...(has.length === 0 ? [] : [`${column} set (${has.join(", ")})`]),
      );
    }
    default:
      return { how: "cannot", why: `column ${to.on}.${to.name}: ${facet} cannot be changed back` };
  }
}

/** `via` is a type to cast through, for enums that share labels only. */
export function renderTypeChange(from: CatalogObject, to: CatalogObject, via?: string): readonly string[] {
  const [before, after] = [text(from, "type") ?? "", text(to, "type") ?? ""];
  const column = `alter table ${to.on} alter column ${to.name}`;
  const collate = to.facets["collation"] == null ? "" : ` collate ${to.facets["collation"]}`;
  const plain =
    assignable.test(before) &&
    assignable.test(after) &&
    before.startsWith("text") === after.startsWith("text");
  const widens = after === "text" || after.startsWith("character varying");
  const cast = plain || widens ? "" : ` using ${to.name}${via == null ? "" : `::${via}`}::${after}`;
  return [
    ...(from.facets["default"] == null ? [] : [`${column} drop default`]),
    `${column} type ${after}${collate}${cast}`,
    ...(to.facets["default"] == null ? [] : [renderDefault(to)]),
  ];
}

function renderDefault(to: CatalogObject): string {
  const column = `alter table ${to.on} alter column ${to.name}`;
  const fallback = text(to, "default");
  return fallback == null ? `${column} drop default` : `${column} set default ${fallback}`;
}

function renderIdentityChange(from: CatalogObject, to: CatalogObject): readonly string[] {
  const column = `alter table ${to.on} alter column ${to.name}`;
  const identity = to.facets["identity"];
  if (identity == null) return [`${column} drop identity`];
  if (from.facets["identity"] == null) {
    return [
      ...(flag(from, "notNull") ? [] : [`${column} set not null`]),
      `${column} add ${renderIdentity(identity)}`,
    ];
  }
  const { always, sequence: _sequence, ...options } = record(identity);
  const set = renderSequenceOptions(options).replace(
    /(increment|minvalue|maxvalue|start|cache|no cycle|cycle)/g,
    "set $1",
  );
  return [`${column} set generated ${always === true ? "always" : "by default"} ${set}`];
}

function storageWord(to: CatalogObject): string {
  const words: Readonly<Record<string, string>> = { p: "plain", e: "external", m: "main", x: "extended" };
  return words[String(to.facets["storage"])] ?? "default";
}

function compressionWord(to: CatalogObject): string {
  const words: Readonly<Record<string, string>> = { p: "pglz", l: "lz4" };
  return words[String(to.facets["compression"])] ?? "default";
}
