import type { CatalogObject } from "../catalog.ts";
import { renderDefaultPrivileges, renderGrantChange, renderInitialGrants } from "./render-grants.ts";
import {
  renderColumn,
  renderColumnExtras,
  renderReplicaIdentity,
  renderSequenceOptions,
  renderTable,
} from "./render-table.ts";
import {
  commentTarget,
  flag,
  kindWord,
  list,
  literal,
  quoteName,
  record,
  roleName,
  strings,
  text,
} from "./sql-text.ts";

export interface CreateContext {
  /** Columns of a table, by its name. */
  readonly columnsOf: (table: string) => readonly CatalogObject[];
  readonly defaults: readonly CatalogObject[];
}

/** The statements that make an object as it was, rights and comment included; null when that cannot be said in SQL. */
export function renderCreate(object: CatalogObject, context: CreateContext): readonly string[] | null {
  const made = renderObject(object, context);
  if (made == null) return null;
  const owner = text(object, "owner");
  const owned = owner != null && !["publication", "default privileges"].includes(object.kind);
  const granted = object.facets["grants"] != null && !["column", "default privileges"].includes(object.kind);
  return [
    ...made,
    ...(owned && owner !== "postgres"
      ? [`alter ${kindWord(object)} ${object.name} owner to ${roleName(owner)}`]
      : []),
    ...(granted ? renderInitialGrants(object, context.defaults) : []),
    ...(object.kind === "column" ? renderGrantChange(object, {}, object.facets["grants"]) : []),
    ...renderComment(object),
  ];
}

function renderComment(object: CatalogObject): readonly string[] {
  const comment = text(object, "comment");
  return comment == null ? [] : [`comment on ${commentTarget(object)} is ${literal(comment)}`];
}

function renderObject(object: CatalogObject, context: CreateContext): readonly string[] | null {
  const { kind, name, on, facets } = object;
  const definition = text(object, "definition") ?? "";
  switch (kind) {
    case "schema":
      return [`create schema ${name}`];
    case "extension":
      return [
        `create extension ${name} with schema ${facets["schema"]} version ${quoteName(String(facets["version"]))}`,
      ];
    case "enum":
      return [`create type ${name} as enum (${strings(facets["labels"]).map(literal).join(", ")})`];
    case "composite type":
      return [`create type ${name} as (${list(facets["attributes"]).map(renderAttribute).join(", ")})`];
    case "domain":
      return [renderDomain(object)];
    case "range type":
      return renderRange(object);
    case "sequence":
      return [
        `create ${facets["persistence"] === "u" ? "unlogged " : ""}sequence ${name} as ${facets["type"]} ${renderSequenceOptions(facets)}`,
      ];
    case "function":
      return facets["form"] === "aggregate" ? null : [definition.trimEnd()];
    case "table":
      return renderWholeTable(object, context);
    case "column":
      return [`alter table ${on} add column ${renderColumn(object)}`, ...renderColumnExtras(object)];
    case "constraint":
      return [`alter ${constraintHolder(object)} ${on} add constraint ${name} ${definition}`];
    case "index":
      return [
        definition.replace(" ON ONLY ", " ON "),
        ...(flag(object, "clustered") ? [`alter table ${on} cluster on ${name}`] : []),
      ];
    case "view":
    case "materialized view":
      return [renderView(object)];
    case "trigger":
    case "rule":
      return [definition.replace(/;$/, ""), ...renderEnabled(object)];
    case "policy":
      return [renderPolicy(object)];
    case "statistics":
      return [definition];
    case "event trigger":
      return [renderEventTrigger(object), ...renderEnabled(object)];
    case "publication":
      return [
        `create publication ${name}${flag(object, "allTables") ? " for all tables" : ""} with (${publishOptions(object)})`,
      ];
    case "publication table":
      return [`alter publication ${on} add table ${name}${columnList(object)}${where(object)}`];
    case "publication schema":
      return [`alter publication ${on} add tables in schema ${name}`];
    case "default privileges":
      return renderDefaultPrivileges(object, {}, facets["grants"]);
    default:
      return null;
  }
}

function renderWholeTable(table: CatalogObject, { columnsOf }: CreateContext): readonly string[] | null {
  const columns = columnsOf(table.name);
  const made = renderTable(table, columns);
  if (made == null) return null;
  return [
    made,
    ...(flag(table, "rowSecurity") ? [`alter table ${table.name} enable row level security`] : []),
    ...(flag(table, "forceRowSecurity") ? [`alter table ${table.name} force row level security`] : []),
    ...(["n", "f"].includes(String(table.facets["replicaIdentity"])) ? [renderReplicaIdentity(table)] : []),
    ...columns.flatMap((column) => [
      ...renderColumnExtras(column),
      ...renderGrantChange(column, {}, column.facets["grants"]),
      ...renderComment(column),
    ]),
  ];
}

function renderAttribute(attribute: unknown): string {
  const [name, type, collation] = list(attribute as never);
  return `${name} ${type}${collation == null ? "" : ` collate ${collation}`}`;
}

function renderDomain(domain: CatalogObject): string {
  const { name, facets } = domain;
  return [
    `create domain ${name} as ${facets["base"]}`,
    ...(facets["collation"] == null ? [] : [`collate ${facets["collation"]}`]),
    ...(facets["default"] == null ? [] : [`default ${facets["default"]}`]),
    ...(flag(domain, "notNull") ? ["not null"] : []),
  ].join(" ");
}

function renderRange({ name, facets }: CatalogObject): readonly string[] | null {
  const { subtype, multirange, canonical, collation, diff } = record(facets["range"]);
  if (canonical != null || collation != null) return null;
  const difference = diff == null ? "" : `, subtype_diff = ${diff}`;
  return [
    `create type ${name} as range (subtype = ${subtype}${difference}, multirange_type_name = ${multirange})`,
  ];
}

function renderView(view: CatalogObject): string {
  const { kind, name, facets } = view;
  const options = strings(facets["options"]);
  const query = (text(view, "definition") ?? "").replace(/;\s*$/, "");
  return `create ${kind} ${name}${options.length === 0 ? "" : ` with (${options.join(", ")})`} as\n${query}`;
}

function renderPolicy(policy: CatalogObject): string {
  const { name, on, facets } = policy;
  const commands: Readonly<Record<string, string>> = {
    r: "select",
    a: "insert",
    w: "update",
    d: "delete",
    "*": "all",
  };
  return [
    `create policy ${name} on ${on} as ${flag(policy, "permissive") ? "permissive" : "restrictive"}`,
    `for ${commands[String(facets["command"])]} to ${strings(facets["roles"]).join(", ")}`,
    ...(facets["using"] == null ? [] : [`using (${facets["using"]})`]),
    ...(facets["check"] == null ? [] : [`with check (${facets["check"]})`]),
  ].join(" ");
}

/** Triggers, rules and event triggers fire on the origin unless somebody said otherwise. */
export function renderEnabled({ kind, name, on, facets }: CatalogObject): readonly string[] {
  const words: Readonly<Record<string, string>> = {
    O: "enable",
    D: "disable",
    A: "enable always",
    R: "enable replica",
  };
  const word = words[String(facets["enabled"] ?? "O")];
  if (word === "enable") return [];
  return [
    kind === "event trigger"
      ? `alter event trigger ${name} ${word}`
      : `alter table ${on} ${word} ${kind} ${name}`,
  ];
}

function renderEventTrigger({ name, facets }: CatalogObject): string {
  const tags = strings(facets["tags"]);
  const when = tags.length === 0 ? "" : ` when tag in (${tags.map(literal).join(", ")})`;
  return `create event trigger ${name} on ${facets["event"]}${when} execute function ${facets["function"]}`;
}

export function publishOptions(publication: CatalogObject): string {
  const publish = strings(publication.facets["publish"]).join(", ");
  return `publish = ${literal(publish)}, publish_via_partition_root = ${flag(publication, "viaRoot")}`;
}

function columnList({ facets }: CatalogObject): string {
  const columns = strings(facets["columns"]);
  return columns.length === 0 ? "" : ` (${columns.join(", ")})`;
}

function where({ facets }: CatalogObject): string {
  return facets["where"] == null ? "" : ` where (${facets["where"]})`;
}

/** A constraint of a domain says VALUE where one of a table names a column. */
export function constraintHolder(constraint: CatalogObject): "table" | "domain" {
  return constraint.origin.needs.some((need) => need.startsWith("domain ")) &&
    !constraint.origin.needs.some((need) => need === `table ${constraint.on}`)
    ? "domain"
    : "table";
}
