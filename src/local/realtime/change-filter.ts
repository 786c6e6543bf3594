const operators = [
  "eq",
  "neq",
  "lt",
  "lte",
  "gt",
  "gte",
  "in",
  "like",
  "ilike",
  "is",
  "match",
  "imatch",
  "isdistinct",
] as const;

export type FilterOperator = (typeof operators)[number];

/** One `column=operator.value` of a postgres_changes filter. */
export interface FilterCondition {
  readonly column: string;
  readonly operator: FilterOperator;
  readonly negated: boolean;
  /** The members for `in`, else exactly one. */
  readonly values: readonly string[];
}

const maxFilter = 4096;
const conditionStart = new RegExp(`^([^=]+)=(not\\.)?(${operators.join("|")})\\.`);

/** Conditions of a filter, all of which must hold; null when it is malformed. */
export function parseFilter(text: string): readonly FilterCondition[] | null {
  if (text.length > maxFilter) return null;
  const conditions: FilterCondition[] = [];
  for (const part of splitConditions(text)) {
    const condition = parseCondition(part);
    if (condition === null) return null;
    conditions.push(condition);
  }
  return conditions;
}

/** A comma that no `column=operator.` follows belongs to the value, as it did before filters could be combined. */
function splitConditions(text: string): readonly string[] {
  const parts: string[] = [];
  for (const piece of splitOutside(text)) {
    const last = parts.length - 1;
    if (last < 0 || conditionStart.test(piece)) parts.push(piece);
    else parts[last] += `,${piece}`;
  }
  return parts;
}

function parseCondition(text: string): FilterCondition | null {
  const match = conditionStart.exec(text);
  const operator = operators.find((name) => name === match?.[3]);
  const column = match?.[1];
  if (match === null || operator === undefined || column === undefined) return null;
  const rest = text.slice(match[0].length);
  const negated = match[2] !== undefined;
  if (operator !== "in") return { column, operator, negated, values: [unquote(rest)] };
  if (!rest.startsWith("(") || !rest.endsWith(")")) return null;
  return { column, operator, negated, values: splitOutside(rest.slice(1, -1)).map(unquote) };
}

/** Splits at commas outside double quotes and parentheses. */
function splitOutside(text: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let quoted = false;
  let start = 0;
  for (let index = 0; index < text.length; index++) {
    const character = text[index];
    if (quoted && character === "\\") index++;
    else if (character === '"') quoted = !quoted;
    else if (quoted) continue;
    else if (character === "(") depth++;
    else if (character === ")") depth--;
    else if (character === "," && depth <= 0) {
      parts.push(text.slice(start, index));
      start = index + 1;
    }
  }
  parts.push(text.slice(start));
  return parts;
}

function unquote(value: string): string {
  if (value.length < 2 || !value.startsWith('"') || !value.endsWith('"')) return value;
  return value.slice(1, -1).replace(/\\(.)/g, "$1");
}
