import type { CatalogObject, CatalogValue } from "../catalog.ts";
import type { FacetChange } from "../diff-catalog.ts";
import { renderColumnAlter } from "./render-column-alter.ts";
import { publishOptions, renderEnabled } from "./render-create.ts";
import { renderDefaultPrivileges, renderGrantChange } from "./render-grants.ts";
import { renderReplicaIdentity, renderSequenceOptions } from "./render-table.ts";
import { commentTarget, flag, kindWord, list, literal, record, roleName, strings, text } from "./sql-text.ts";

export type Alteration =
  | { readonly how: "alter"; readonly sql: readonly string[] }
  /** Dropped and made again, with everything that hangs on it. */
  | { readonly how: "recreate" }
  /** An enum loses labels: a new type takes its place, column by column. */
  | { readonly how: "replace" }
  | { readonly how: "cannot"; readonly why: string };

interface AlterInput {
  /** As it is now. */
  readonly from: CatalogObject;
  /** As it is to be again. */
  readonly to: CatalogObject;
  readonly facets: readonly FacetChange[];
}

/** How to turn an object into what it was, facet by facet. */
export function renderAlter({ from, to, facets }: AlterInput): Alteration {
  const sql: string[] = [];
  for (const { facet, from: before, to: after } of facets) {
    const one = renderFacet({ from, to, facet, before, after });
    if (one.how !== "alter") return one;
    sql.push(...one.sql.filter((statement) => !sql.includes(statement)));
  }
  return { how: "alter", sql };
}

interface FacetInput {
  readonly from: CatalogObject;
  readonly to: CatalogObject;
  readonly facet: string;
  readonly before: CatalogValue;
  readonly after: CatalogValue;
}

const alter = (...sql: readonly string[]): Alteration => ({ how: "alter", sql });
const recreate: Alteration = { how: "recreate" };
const cannot = (why: string): Alteration => ({ how: "cannot", why });

function renderFacet(input: FacetInput): Alteration {
  const { from, to, facet, before, after } = input;
  // Follows from the table's place in its hierarchy.
  if (facet === "inherited") return alter();
  if (facet === "owner") return alter(`alter ${kindWord(to)} ${to.name} owner to ${roleName(String(after))}`);
  if (facet === "comment") {
    return alter(`comment on ${commentTarget(to)} is ${after == null ? "null" : literal(String(after))}`);
  }
  if (facet === "grants" && to.kind === "default privileges") {
    return alter(...renderDefaultPrivileges(to, before, after));
  }
  if (facet === "grants") return alter(...renderGrantChange(to, before, after));
  switch (to.kind) {
    case "table":
      return renderTableFacet(input);
    case "column":
      return renderColumnAlter(from, to, facet);
    case "function":
      return renderFunctionFacet(input);
    case "view":
    case "materialized view":
      return facet === "options" ? alter(...renderOptions(input)) : recreate;
    case "trigger":
    case "rule":
    case "event trigger":
      return facet === "enabled" ? alter(...enable(to)) : recreate;
    case "sequence":
      return renderSequenceFacet(input);
    case "enum":
      return renderEnumFacet(input);
    case "domain":
      return renderDomainFacet(input);
    case "composite type":
      return alter(...renderAttributes(from, to));
    case "publication":
      return facet === "allTables"
        ? cannot("a publication cannot begin or cease to be for all tables")
        : alter(`alter publication ${to.name} set (${publishOptions(to)})`);
    case "index":
      return facet === "clustered"
        ? alter(
            `alter table ${to.on} ${flag(to, "clustered") ? `cluster on ${to.name}` : "set without cluster"}`,
          )
        : recreate;
    case "constraint":
    case "policy":
    case "statistics":
    case "publication table":
      return recreate;
    case "extension":
      return facet === "schema"
        ? alter(`alter extension ${to.name} set schema ${after}`)
        : cannot(
            `extension ${to.name} is version ${before} and extensions rarely go back to an older one (${after})`,
          );
    default:
      return cannot(`${to.kind} ${to.name}: ${facet} was changed, and its value before is not kept`);
  }
}

function renderTableFacet(input: FacetInput): Alteration {
  const { from, to, facet, before, after } = input;
  const table = `alter table ${to.name}`;
  switch (facet) {
    case "rowSecurity":
      return alter(`${table} ${after === true ? "enable" : "disable"} row level security`);
    case "forceRowSecurity":
      return alter(`${table} ${after === true ? "force" : "no force"} row level security`);
    case "options":
      return alter(...renderOptions(input));
    case "replicaIdentity":
      return alter(renderReplicaIdentity(to));
    case "persistence":
      return alter(`${table} set ${after === "u" ? "unlogged" : "logged"}`);
    case "inherits":
    case "bound": {
      const [was] = strings(from.facets["inherits"]);
      const [is] = strings(to.facets["inherits"]);
      if (before == null || text(from, "bound") == null) {
        if (text(to, "bound") == null) break;
        return alter(`alter table ${is} attach partition ${to.name} ${text(to, "bound")}`);
      }
      if (text(to, "bound") == null) return alter(`alter table ${was} detach partition ${to.name}`);
      break;
    }
  }
  return cannot(`table ${to.name}: its ${facet} cannot be changed back while it keeps its rows`);
}

/** Function and operator of CREATE OR REPLACE: same arguments with their names and defaults, same result. */
function renderFunctionFacet({ from, to }: FacetInput): Alteration {
  if (from.facets["form"] === "aggregate" || to.facets["form"] === "aggregate") {
    return cannot(`aggregate ${to.name} was changed; write its definition into a down file`);
  }
  const same = ["form", "arguments", "result"].every((facet) => from.facets[facet] === to.facets[facet]);
  return same ? alter((text(to, "definition") ?? "").trimEnd()) : recreate;
}

function renderOptions({ to, before, after }: FacetInput): readonly string[] {
  const name = (option: string): string => option.split("=")[0] ?? option;
  const [had, has] = [strings(before ?? []), strings(after ?? [])];
  const gone = had.map(name).filter((option) => !has.map(name).includes(option));
  const target = `alter ${kindWord(to)} ${to.name}`;
  return [
    ...(gone.length === 0 ? [] : [`${target} reset (${gone.join(", ")})`]),
    ...(has.length === 0 ? [] : [`${target} set (${has.join(", ")})`]),
  ];
}

function enable(to: CatalogObject): readonly string[] {
  const said = renderEnabled(to);
  if (said.length > 0) return said;
  return [
    to.kind === "event trigger"
      ? `alter event trigger ${to.name} enable`
      : `alter table ${to.on} enable ${to.kind} ${to.name}`,
  ];
}

function renderSequenceFacet({ to, facet, after }: FacetInput): Alteration {
  if (facet === "ownedBy") {
    const [table, column] = strings(after ?? []);
    return alter(`alter sequence ${to.name} owned by ${table == null ? "none" : `${table}.${column}`}`);
  }
  if (facet === "persistence") {
    return alter(`alter sequence ${to.name} set ${after === "u" ? "unlogged" : "logged"}`);
  }
  return alter(
    `alter sequence ${to.name} as ${to.facets["type"]} ${renderSequenceOptions(record(to.facets))}`,
  );
}

/** Labels of the same number are taken for renamed; PostgreSQL cannot drop one. */
function renderEnumFacet({ from, to }: FacetInput): Alteration {
  const [had, has] = [strings(from.facets["labels"]), strings(to.facets["labels"])];
  const renamed = had.flatMap((label, index) => {
    const now = has[index];
    return now == null || now === label ? [] : [[label, now] as const];
  });
  const fits =
    had.length === has.length && renamed.every(([label, now]) => !has.includes(label) && !had.includes(now));
  if (!fits) return { how: "replace" };
  return alter(
    ...renamed.map(
      ([label, now]) => `alter type ${to.name} rename value ${literal(label)} to ${literal(now)}`,
    ),
  );
}

function renderDomainFacet({ to, facet, after }: FacetInput): Alteration {
  const domain = `alter domain ${to.name}`;
  if (facet === "notNull") return alter(`${domain} ${after === true ? "set" : "drop"} not null`);
  if (facet === "default")
    return alter(after == null ? `${domain} drop default` : `${domain} set default ${after}`);
  return cannot(`domain ${to.name} cannot get its former ${facet} back while columns use it`);
}

function renderAttributes(from: CatalogObject, to: CatalogObject): readonly string[] {
  const read = (object: CatalogObject) =>
    new Map(list(object.facets["attributes"]).map((one) => [String(list(one)[0]), String(list(one)[1])]));
  const [had, has] = [read(from), read(to)];
  const type = `alter type ${to.name}`;
  return [
    ...[...had.keys()].filter((name) => !has.has(name)).map((name) => `${type} drop attribute ${name}`),
    ...[...has].filter(([name]) => !had.has(name)).map(([name, of]) => `${type} add attribute ${name} ${of}`),
    ...[...has]
      .filter(([name, of]) => had.has(name) && had.get(name) !== of)
      .map(([name, of]) => `${type} alter attribute ${name} type ${of}`),
  ];
}
