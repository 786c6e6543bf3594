import type { AccessCatalog, AccessColumn, AccessRelation } from "./access-catalog.ts";
import type { ColumnWish } from "./read-wishes.ts";
import { samplePattern } from "./sample-pattern.ts";

/** Whose row it is; `none` for rows that are nobody's. */
export type Holder = "a" | "b" | "none";

/** Marks that every value of one holder carries: eight hex digits each, of this run alone. */
export type Tags = Readonly<Record<Holder, string>>;

/** Names values so that no two rows of a run share one. */
export interface RowMark {
  readonly tag: string;
  /** Counts rows and columns. */
  readonly serial: number;
}

export function literal(text: string): string {
  return `'${text.replaceAll("'", "''")}'`;
}

export function markedUuid(tag: string, serial: number): string {
  return `${tag}-0000-4000-8000-${serial.toString(16).padStart(12, "0")}`;
}

/** A number only this mark has, below 10^9: doubled by a generated column it still fits an integer. */
export function markedNumber({ tag, serial }: RowMark): number {
  return 100_000_000 + ((Number.parseInt(tag, 16) + serial * 7919) % 900_000_000);
}

const days = (count: number): string => `now() + interval '${count} days'`;

/**
 * SQL expressions to try for a column, the likeliest first; the database says which fits. `bounds` are those of the
 * partitions that the column's value chooses between.
 */
export function columnValues(
  column: AccessColumn,
  table: AccessRelation,
  catalog: Pick<AccessCatalog, "enums" | "domains">,
  mark: RowMark,
  wish: ColumnWish = { avoid: new Set(), empty: false, seek: [] },
  bounds: readonly string[] = [],
): readonly string[] {
  const checks = [
    ...table.constraints.flatMap(({ type, text, columns }) =>
      type === "c" && text != null && columns.includes(column.num) ? [text] : [],
    ),
    ...(column.domain == null ? [] : (catalog.domains[column.domain] ?? [])),
  ];
  const unique = table.constraints.some(
    ({ type, columns }) => (type === "p" || type === "u") && columns.includes(column.num),
  );
  const harvested = checks.flatMap((text) => harvest(text, column.base));
  const bounded = bounds.flatMap((text) => harvest(text, column.base));
  const patterns = checks.flatMap((text) =>
    [...text.matchAll(/(?<!~)~\*? '((?:[^']|'')*)'/g)].map(([, pattern]) =>
      (pattern ?? "").replaceAll("''", "'"),
    ),
  );
  const listedText = checks.some((text) => /= ANY \(+ARRAY\[|^\(*\w+ = '/.test(text));
  const enums = catalog.enums[column.base];
  const scalars =
    enums != null
      ? enums.map(literal)
      : [
          ...(table.isPartition ? bounded : []),
          ...(listedText && isIdentifying(column) ? harvested : []),
          ...patterns.flatMap((pattern) => samplePattern(pattern, mark).map(literal)),
          ...baseValues(column, mark, harvested, unique),
          ...(table.isPartition ? [] : bounded),
        ];
  const listed = column.array
    ? [...scalars.slice(0, 3).map((one) => `array[${one}]::${column.base}[]`), `'{}'`]
    : scalars;
  const byDefault = column.hasDefault && !unique && (!isIdentifying(column) || listedText) ? ["default"] : [];
  const counted = column.serial ? ["default"] : [];
  const all = [
    ...counted,
    ...byDefault,
    ...listed,
    ...(column.hasDefault ? ["default"] : []),
    ...(column.notNull ? [] : ["null"]),
  ];
  const sought = wish.seek;
  const ordered = [...new Set([...sought, ...(wish.empty && !column.notNull ? ["null"] : []), ...all])];
  const avoided = (one: string): boolean =>
    wish.avoid.has(one.replace(/^'|'$/g, "")) && !sought.includes(one);
  return [...ordered.filter((one) => !avoided(one)), ...ordered.filter(avoided)].slice(0, 24);
}

/** Carries the mark when it can, whatever its default is. */
function isIdentifying({ base, array }: AccessColumn): boolean {
  return !array && /^(text|character varying|citext|uuid)/.test(base);
}

/** Literals of checks, partition bounds and their neighbours. */
function harvest(text: string, base: string): readonly string[] {
  const strings = [...text.matchAll(/'((?:[^']|'')*)'/g)].map(([, one]) => (one ?? "").replaceAll("''", "'"));
  if (/^(smallint|integer|bigint|numeric|real|double|money)/.test(base)) {
    const numbers = [...text.matchAll(/-?\d+(?:\.\d+)?/g)].map(([one]) => Number(one));
    return [...new Set(numbers.flatMap((one) => [one, one + 1, one - 1]))].slice(0, 12).map(String);
  }
  return strings.slice(0, 12).map(literal);
}

function baseValues(
  column: AccessColumn,
  mark: RowMark,
  harvested: readonly string[],
  unique: boolean,
): readonly string[] {
  const { base, name } = column;
  const number = markedNumber(mark);
  const text = `${mark.tag}${mark.serial.toString(36)}`;
  switch (base.replace(/\(.*$/, "").trim()) {
    case "uuid":
      return [literal(markedUuid(mark.tag, mark.serial))];
    case "smallint":
      return unique
        ? [String(number % 30_000), "1"]
        : [...harvested.slice(0, 1), "1", ...harvested, "0", "100", String(number % 30_000)];
    case "integer":
    case "bigint":
      return [String(number), ...harvested, "1", "0", "10", "100", "2000", "30", "-1"];
    case "numeric":
    case "real":
    case "double precision":
    case "money":
      return [
        ...(base.startsWith("numeric") ? [`${number % 1000}`] : [String(number)]),
        ...harvested,
        "1",
        "0",
        "0.5",
        "10",
        "100",
      ].map((one) => (base === "money" ? `${one}::text::money` : one));
    case "boolean":
      return ["false", "true"];
    case "date":
      return [
        ...harvested,
        unique ? `current_date - ${mark.serial % 3000}` : "current_date",
        "current_date + 1",
        "current_date - 1",
        "date '1990-01-01'",
      ];
    case "timestamp with time zone":
    case "timestamp without time zone":
      return [...harvested, unique ? days(mark.serial % 3000) : "now()", days(1), days(-1), days(30)];
    case "time without time zone":
    case "time with time zone":
      return ["'09:00'", "'17:00'", ...harvested];
    case "interval":
      return ["interval '1 hour'", ...harvested, "interval '1 day'"];
    case "json":
    case "jsonb":
      return [literal(`{"bee":"${text}"}`), "'{}'", "'[]'", literal(`"${text}"`), ...harvested];
    case "bytea":
      return [`decode('${mark.tag}', 'hex')`];
    case "inet":
    case "cidr":
      return [`'192.0.2.${mark.serial % 250}'`];
    case "macaddr":
      return ["'08:00:2b:01:02:03'"];
    case "bit":
    case "bit varying":
      return [`repeat('0', ${/\((\d+)\)/.exec(column.type)?.[1] ?? "1"})::${column.type}`];
    case "point":
      return ["point(1,1)"];
    case "tsvector":
      return [`'${text}'::tsvector`];
    case "xml":
      return [`'<x>${text}</x>'`];
    case "daterange":
    case "tsrange":
    case "tstzrange":
    case "int4range":
    case "int8range":
    case "numrange":
      return [
        base.startsWith("int") || base === "numrange"
          ? `${base}(${number}, ${number + 1})`
          : `${base}((current_date + ${mark.serial})::${base === "daterange" ? "date" : base === "tsrange" ? "timestamp" : "timestamptz"}, (current_date + ${mark.serial + 1})::${base === "daterange" ? "date" : base === "tsrange" ? "timestamp" : "timestamptz"})`,
      ];
    default:
      return /^(text|character|citext|name|"char"|bpchar)/.test(base)
        ? textValues(name, column.type, text, mark, harvested)
        : /vector/.test(base)
          ? [
              literal(
                `[${Array.from({ length: Number(/\((\d+)\)/.exec(column.type)?.[1] ?? 3) }, () => 0.1).join(",")}]`,
              ),
            ]
          : [literal(text), "'1'", "'{}'", "''", ...harvested];
  }
}

function textValues(
  name: string,
  type: string,
  text: string,
  mark: RowMark,
  harvested: readonly string[],
): readonly string[] {
  const limit = Number(/\((\d+)\)/.exec(type)?.[1] ?? Number.POSITIVE_INFINITY);
  const fits = (one: string): string => literal(one.length > limit ? one.slice(-limit) : one);
  const email = `${text}@example.invalid`;
  const url = `https://example.invalid/${text}`;
  const phone = `+1555${String(markedNumber(mark) % 10_000_000).padStart(7, "0")}`;
  const first = /mail/i.test(name)
    ? email
    : /url|link|website|href/i.test(name)
      ? url
      : /phone|mobile/i.test(name)
        ? phone
        : text;
  return [
    ...new Set([
      fits(first),
      ...harvested,
      fits(text),
      fits(email),
      fits(url),
      fits(phone),
      fits(`bee ${text} and some more words, so that it is long enough for most`),
      fits(`x${text}`.toUpperCase()),
      fits(String(markedNumber(mark))),
      fits("en"),
      fits("USD"),
      fits("US"),
      fits("Europe/Berlin"),
      fits("a"),
      fits("#aabbcc"),
      fits("1.0.0"),
      fits(markedUuid(mark.tag, mark.serial)),
    ]),
  ];
}
