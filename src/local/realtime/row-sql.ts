import pg from "pg";
import type { FilterCondition } from "./change-filter.ts";
import type { Column, Relation } from "./relation.ts";
import type { Tuple } from "./wal-change.ts";

const quote = pg.escapeIdentifier;

interface Statement {
  readonly text: string;
  readonly values: readonly unknown[];
}

/** Rows as text for json_to_recordset: `i` is the position, `c0`, `c1` … the columns. */
function encodeRows(columns: readonly Column[], rows: readonly (readonly [number, Tuple])[]): string {
  return JSON.stringify(
    rows.map(([i, tuple]) => ({
      i,
      ...Object.fromEntries(columns.map(({ name }, index) => [`c${index}`, tuple[name] ?? null])),
    })),
  );
}

function recordset(columns: readonly Column[]): string {
  const fields = columns.map((_, index) => `, c${index} text`).join("");
  return `json_to_recordset($1::json) as r(i int${fields})`;
}

/**
 * Values from the WAL become JSON in Postgres itself, cast from text to their type, so that they read as PostgREST
 * would send them. `hits` says for every filter whether the row passes.
 */
export function renderRowsSql(
  columns: readonly Column[],
  rows: readonly (readonly [number, Tuple])[],
  filters: readonly (readonly FilterCondition[])[],
): Statement {
  const values: unknown[] = [encodeRows(columns, rows)];
  const list = columns
    .map(({ name, sqlType }, index) => `r.c${index}::${sqlType} as ${quote(name)}`)
    .join(", ");
  const record = columns.length === 0 ? "'{}'" : `(select row_to_json(x)::text from (select ${list}) x)`;
  const hits = filters.map((conditions) => renderFilter(conditions, columns, values)).join(", ");
  return {
    text: `select r.i, ${record} as record, array[${hits}]::boolean[] as hits from ${recordset(columns)}`,
    values,
  };
}

function renderFilter(
  conditions: readonly FilterCondition[],
  columns: readonly Column[],
  values: unknown[],
): string {
  const parts = conditions.map((condition) => {
    const index = columns.findIndex(({ name }) => name === condition.column);
    const column = columns[index];
    if (column === undefined) return "false";
    const test = renderCondition(condition, `r.c${index}::${column.sqlType}`, column.sqlType, values);
    return condition.negated ? `(not ${test})` : test;
  });
  return `coalesce(${parts.length === 0 ? "true" : parts.join(" and ")}, false)`;
}

const comparisons: Readonly<Record<string, string>> = {
  eq: "=",
  neq: "<>",
  lt: "<",
  lte: "<=",
  gt: ">",
  gte: ">=",
  isdistinct: "is distinct from",
};
const patterns: Readonly<Record<string, string>> = { like: "like", ilike: "ilike", match: "~", imatch: "~*" };
const truths: ReadonlySet<string> = new Set(["null", "true", "false", "unknown"]);

function renderCondition(
  { operator, values: given }: FilterCondition,
  column: string,
  sqlType: string,
  values: unknown[],
): string {
  const value = given[0] ?? "";
  if (operator === "is") {
    const truth = value.toLowerCase();
    return truths.has(truth) ? `(${column} is ${truth})` : "false";
  }
  if (operator === "in") {
    values.push(given);
    return `(${column} = any (array(select v::${sqlType} from unnest($${values.length}::text[]) v)))`;
  }
  values.push(value);
  const parameter = `$${values.length}::text`;
  const pattern = patterns[operator];
  // The pattern meets an empty text first: a faulty one must fail when it is checked, not at the first row.
  if (pattern !== undefined) {
    return `(('' ${pattern} ${parameter}) is not null and (${column})::text ${pattern} ${parameter})`;
  }
  return `(${column} ${comparisons[operator] ?? "="} ${parameter}::${sqlType})`;
}

/**
 * Which of the rows the current role may see, looked up one by one through the primary key; all of them where row
 * security does not apply to it, even those that are gone again.
 */
export function renderProbeSql(relation: Relation, rows: readonly (readonly [number, Tuple])[]): Statement {
  const key = relation.columns.filter(({ name }) => relation.primaryKey.includes(name));
  const match = key
    .map(({ name, sqlType }, index) => `t.${quote(name)} = r.c${index}::${sqlType}`)
    .join(" and ");
  const table = `${quote(relation.schema)}.${quote(relation.name)}`;
  const seen = key.length === 0 ? "" : ` or (select true from ${table} t where ${match})`;
  return {
    text: `select r.i from ${recordset(key)} where not row_security_active($2::oid)${seen}`,
    values: [encodeRows(key, rows), relation.oid],
  };
}
