import { type Catalog, type CatalogObject, catalogKey, indexCatalog } from "../catalog.ts";
import { constraintHolder } from "./render-create.ts";
import { kindWord } from "./sql-text.ts";

const order = [
  "schema",
  "role",
  "enum",
  "composite type",
  "domain",
  "range type",
  "table",
  "view",
  "materialized view",
];

/**
 * Renames and moves to another schema, found by the object's address. Both catalogs are of one database, and `now`
 * is the later; carry these out and read the catalog again before anything else is compared.
 */
export function assembleRenames(now: Catalog, wanted: Catalog): readonly string[] {
  const [present, former] = [indexCatalog(now), indexCatalog(wanted)];
  const byAddress = new Map(now.objects.map((object) => [object.origin.address, object]));
  const pairs = wanted.objects.flatMap((to) => {
    const from = byAddress.get(to.origin.address);
    const known =
      from == null || from.kind !== to.kind || present.has(catalogKey(to)) || former.has(catalogKey(from));
    return known ? [] : [{ from, to }];
  });
  const rank = (object: CatalogObject): number => {
    const found = order.indexOf(object.kind);
    return found === -1 ? order.length : found;
  };
  const schemas = new Map(
    pairs.filter(({ to }) => to.kind === "schema").map(({ from, to }) => [from.name, to.name]),
  );
  return pairs
    .toSorted((a, b) => rank(a.to) - rank(b.to))
    .flatMap(({ from, to }) => renderRename(from, to, schemas));
}

function renderRename(
  from: CatalogObject,
  to: CatalogObject,
  schemas: ReadonlyMap<string, string>,
): readonly string[] {
  const { kind, on } = to;
  if (kind === "schema" || kind === "role" || kind === "publication" || kind === "event trigger") {
    return [`alter ${kind} ${from.name} rename to ${to.name}`];
  }
  if (kind === "column" || kind === "constraint") {
    const holder = kind === "column" ? "table" : constraintHolder(to);
    return from.name === to.name ? [] : [`alter ${holder} ${on} rename ${kind} ${from.name} to ${to.name}`];
  }
  if (kind === "policy" || kind === "trigger" || kind === "rule") {
    return from.name === to.name ? [] : [`alter ${kind} ${from.name} on ${on} rename to ${to.name}`];
  }
  if (kind === "index") {
    const [schema] = splitName(on ?? "");
    return from.name === to.name ? [] : [`alter index ${schema}.${from.name} rename to ${to.name}`];
  }
  if (
    from.origin.address.startsWith("0/") ||
    on != null ||
    kind === "default privileges" ||
    kind === "setting"
  )
    return [];
  const [fromSchema, fromLocal, args] = splitName(from.name);
  const [toSchema, toLocal] = splitName(to.name);
  const held = schemas.get(fromSchema) ?? fromSchema;
  const word = kindWord(to);
  return [
    ...(held === toSchema ? [] : [`alter ${word} ${held}.${fromLocal}${args} set schema ${toSchema}`]),
    ...(fromLocal === toLocal ? [] : [`alter ${word} ${toSchema}.${fromLocal}${args} rename to ${toLocal}`]),
  ];
}

/** Schema, local name, and a function's argument list. */
function splitName(name: string): readonly [string, string, string] {
  const match = /^("(?:[^"]|"")*"|[^.(]*)(?:\.("(?:[^"]|"")*"|[^(]*))?(\(.*\))?$/.exec(name);
  return match?.[2] == null
    ? ["public", match?.[1] ?? name, match?.[3] ?? ""]
    : [match[1] ?? "", match[2], match[3] ?? ""];
}
