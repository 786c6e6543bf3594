import { type Catalog, type CatalogObject, indexCatalog } from "../catalog.ts";
import { flag, strings, text } from "./sql-text.ts";

/** A foreign key of one table, columns in the order of the key. */
export interface ForeignKey {
  readonly columns: readonly string[];
  readonly table: string;
  readonly targets: readonly string[];
}

export interface SampleColumn {
  readonly name: string;
  readonly type: string;
  /** A row need not name it. */
  readonly optional: boolean;
  /** It has a default, which fits the table better than any invention. */
  readonly hasDefault: boolean;
  /** Texts to try, the likeliest first. */
  readonly candidates: readonly string[];
}

export interface SampleTable {
  readonly name: string;
  readonly columns: readonly SampleColumn[];
  readonly foreignKeys: readonly ForeignKey[];
  readonly checks: ReadonlyMap<string, string>;
}

/** What is needed to invent rows, parents before children. Partitions and foreign tables have none of their own. */
export function assembleSampleTables(catalog: Catalog): readonly SampleTable[] {
  const tables = catalog.objects.filter(
    ({ kind, facets }) => kind === "table" && facets["form"] !== "foreign" && facets["bound"] == null,
  );
  const index = indexCatalog(catalog);
  const described = tables.map(({ name }): SampleTable => {
    const parts = catalog.objects.filter(({ on }) => on === name);
    const constraints = parts.filter(({ kind }) => kind === "constraint");
    const checks = constraints.filter(({ facets }) => facets["type"] === "c");
    const checkTexts = checks.map((check) => text(check, "definition") ?? "");
    return {
      name,
      columns: parts
        .filter(
          ({ kind, facets }) =>
            kind === "column" && facets["generated"] == null && facets["identity"] == null,
        )
        .map((column) => describeColumn(column, checkTexts, index)),
      foreignKeys: constraints.filter(({ facets }) => facets["type"] === "f").flatMap(parseForeignKey),
      checks: new Map(checks.map((check) => [unquote(check.name), text(check, "definition") ?? ""])),
    };
  });
  return orderByParents(described);
}

function describeColumn(
  column: CatalogObject,
  checks: readonly string[],
  index: ReadonlyMap<string, CatalogObject>,
): SampleColumn {
  const type = text(column, "type") ?? "text";
  const mentioned = checks.filter((check) => check.includes(column.name));
  const literals = mentioned.flatMap((check) =>
    [...check.matchAll(/'((?:[^']|'')*)'::/g)].map(([, found]) => found ?? ""),
  );
  return {
    name: column.name,
    type,
    optional: !flag(column, "notNull") || column.facets["default"] != null,
    hasDefault: column.facets["default"] != null,
    candidates: [...literals.map((found) => found.replaceAll("''", "'")), ...inventValues(type, index)],
  };
}

const invented: readonly (readonly [RegExp, readonly string[]])[] = [
  [/^(smallint|integer|bigint|numeric|real|double precision)/, ["1", "2", "0", "10", "50", "100", "2000"]],
  [/^boolean/, ["true", "false"]],
  [/^uuid/, [1, 2, 3, 4].map((n) => `00000000-0000-4000-8000-00000000000${n}`)],
  [/^(timestamp|date)/, ["2025-01-01", "2025-01-02", "2025-01-03", "2025-01-04"]],
  [/^time/, ["10:00", "11:00", "12:00"]],
  [/^interval/, ["1 day", "2 days", "1 hour"]],
  [/^jsonb?/, ["{}", "[]", '{"a": 1}', '"a"']],
  [/^bytea/, ["\\x01", "\\x02", "\\x03"]],
  [/^(inet|cidr)/, ["127.0.0.1", "127.0.0.2", "127.0.0.3"]],
  [/range/, ["empty", "(,)"]],
];

const texts = [
  ...["sample", "a", "b", "sample two", "A", "1", "v1.0", "1.0.0", "https://example.invalid/a", "UTC"],
  ...["a@example.invalid", "sample-token-0000000000", "sample-token-0000000001"],
];

/** Of an enum the last label first: it is the one a migration added. */
function inventValues(type: string, index: ReadonlyMap<string, CatalogObject>): readonly string[] {
  const labels = strings(index.get(`enum ${type}`)?.facets["labels"]);
  if (labels.length > 0) return labels.toReversed();
  const base = index.get(`domain ${type}`)?.facets["base"];
  if (typeof base === "string") return inventValues(base, index);
  if (type.endsWith("[]")) {
    return [
      ...inventValues(type.slice(0, -2), index)
        .slice(0, 1)
        .map((one) => `{${JSON.stringify(one)}}`),
      "{}",
    ];
  }
  return invented.find(([pattern]) => pattern.test(type))?.[1] ?? texts;
}

function parseForeignKey(constraint: CatalogObject): readonly ForeignKey[] {
  const match = /^FOREIGN KEY \(([^)]*)\) REFERENCES (.+?)\(([^)]*)\)/.exec(
    text(constraint, "definition") ?? "",
  );
  if (match == null) return [];
  const [, columns = "", table = "", targets = ""] = match;
  return [{ columns: columns.split(", "), table, targets: targets.split(", ") }];
}

function orderByParents(tables: readonly SampleTable[]): readonly SampleTable[] {
  const left = new Map(tables.map((table) => [table.name, table]));
  const ordered: SampleTable[] = [];
  while (left.size > 0) {
    const ready = [...left.values()].filter((table) =>
      table.foreignKeys.every((key) => key.table === table.name || !left.has(key.table)),
    );
    for (const table of ready.length > 0 ? ready : [...left.values()].slice(0, 1)) {
      ordered.push(table);
      left.delete(table.name);
    }
  }
  return ordered;
}

function unquote(name: string): string {
  return name.startsWith('"') ? name.slice(1, -1).replaceAll('""', '"') : name;
}
