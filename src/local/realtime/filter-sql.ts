import type { FilterCondition } from "./change-filter.ts";
import type { Column } from "./relation.ts";

type Filter = readonly FilterCondition[];

interface FilterSql {
  /** A boolean[] expression over a row `r` of text columns `c0`, `c1` …. */
  readonly sql: string;
  /** Position in that array of every filter. */
  readonly places: readonly number[];
}

/**
 * The outcome of every filter for a row; their values go into `values` as parameters. Filters that differ in the value
 * alone (a hundred users with `user_id=eq.…`) are one expression, so that they cost one to plan.
 */
export function renderFilters(
  filters: readonly Filter[],
  columns: readonly Column[],
  values: unknown[],
): FilterSql {
  const groups = new Map<string, number[]>();
  for (const [index, filter] of filters.entries()) {
    const key =
      aloneIn(filter, ({ column, operator, negated }) => `${operator} ${negated} ${column}`) ?? `#${index}`;
    groups.set(key, [...(groups.get(key) ?? []), index]);
  }
  const places: number[] = [];
  const arrays: string[] = [];
  let place = 0;
  for (const members of groups.values()) {
    for (const index of members) places[index] = place++;
    arrays.push(
      renderGroup(
        members.map((index) => filters[index] ?? []),
        columns,
        values,
      ),
    );
  }
  return { sql: arrays.length === 0 ? "'{}'::boolean[]" : arrays.join(" || "), places };
}

/** What `read` makes of a filter's only condition; null when it has more, or one that takes no single value. */
function aloneIn<T>(filter: Filter, read: (condition: FilterCondition) => T): T | null {
  const [condition] = filter;
  if (filter.length !== 1 || condition === undefined || !(condition.operator in comparisons)) return null;
  return read(condition);
}

function renderGroup(group: readonly Filter[], columns: readonly Column[], values: unknown[]): string {
  const [first = []] = group;
  const alone = group.length > 1 ? aloneIn(first, (condition) => condition) : null;
  if (alone === null) {
    const tests = first.map((condition) => renderTest(condition, columns, parameterFor(condition, values)));
    return `array[${coalesced(tests)}]`;
  }
  values.push(group.map((filter) => filter[0]?.values[0] ?? ""));
  const test = renderTest(alone, columns, "u.v");
  return `array(select ${coalesced([test])} from unnest($${values.length}::text[]) with ordinality u(v, n) order by u.n)`;
}

function coalesced(tests: readonly string[]): string {
  return `coalesce(${tests.length === 0 ? "true" : tests.join(" and ")}, false)`;
}

/** A text, or a text[] for `in`; `is` takes its value as a keyword. */
function parameterFor({ operator, values: given }: FilterCondition, values: unknown[]): string {
  if (operator === "is") return "";
  values.push(operator === "in" ? given : (given[0] ?? ""));
  return `$${values.length}::text${operator === "in" ? "[]" : ""}`;
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

function renderTest(condition: FilterCondition, columns: readonly Column[], value: string): string {
  const index = columns.findIndex(({ name }) => name === condition.column);
  const sqlType = columns[index]?.sqlType;
  if (sqlType === undefined) {
    // A parameter nobody refers to would have no type.
    return value.startsWith("$") ? `(${value} is null and false)` : "false";
  }
  const test = renderOperator(condition, `r.c${index}::${sqlType}`, sqlType, value);
  return condition.negated ? `(not ${test})` : test;
}

function renderOperator(
  { operator, values: given }: FilterCondition,
  column: string,
  sqlType: string,
  value: string,
): string {
  if (operator === "is") {
    const truth = (given[0] ?? "").toLowerCase();
    return truths.has(truth) ? `(${column} is ${truth})` : "false";
  }
  if (operator === "in") return `(${column} = any (array(select v::${sqlType} from unnest(${value}) v)))`;
  const pattern = patterns[operator];
  // The pattern meets an empty text first: a faulty one must fail when it is checked, not at the first row.
  if (pattern !== undefined) {
    return `(('' ${pattern} ${value}) is not null and (${column})::text ${pattern} ${value})`;
  }
  return `(${column} ${comparisons[operator] ?? "="} ${value}::${sqlType})`;
}
