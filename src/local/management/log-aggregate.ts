import { createLogReader, evaluateLog, type LogColumns, type LogExpression } from "./log-expression.ts";

/** `select … from logs where … group by … order by … limit n`, counting lines by group. */
export interface LogAggregate {
  readonly columns: readonly { readonly alias: string; readonly expression: LogExpression }[];
  readonly where: LogExpression | null;
  readonly groupBy: readonly string[];
  readonly orderBy: { readonly alias: string; readonly descending: boolean } | null;
  readonly limit: number;
}

const maxLimit = 1_000;

/** Null for SQL of any other form: a query is answered as asked or not at all. */
export function parseLogAggregate(sql: string): LogAggregate | null {
  try {
    return read(sql);
  } catch (error) {
    if (error instanceof SyntaxError) return null;
    throw error;
  }
}

function read(sql: string): LogAggregate {
  const reader = createLogReader(sql.replace(/;\s*$/, ""));
  const { peek, take, expression, atEnd } = reader;
  take("select");
  const columns: { readonly alias: string; readonly expression: LogExpression }[] = [];
  do {
    if (columns.length > 0) take(",");
    const column = expression();
    take("as");
    columns.push({ alias: take().text, expression: column });
  } while (peek() === ",");
  take("from");
  take("logs");
  const named = (alias: string): string => {
    if (!columns.some((column) => column.alias === alias)) throw new SyntaxError(`unknown name ${alias}`);
    return alias;
  };
  let where: LogExpression | null = null;
  if (peek() === "where") {
    take("where");
    where = expression();
  }
  take("group");
  take("by");
  const groupBy = [named(take().text)];
  while (peek() === ",") {
    take(",");
    groupBy.push(named(take().text));
  }
  let orderBy: LogAggregate["orderBy"] = null;
  if (peek() === "order") {
    take("order");
    take("by");
    const alias = named(take().text);
    const descending = peek() === "desc";
    if (descending || peek() === "asc") take();
    orderBy = { alias, descending };
  }
  take("limit");
  const limit = Math.min(Number(take().text), maxLimit);
  if (!atEnd() || !Number.isInteger(limit)) throw new SyntaxError("something is left over");
  const query: LogAggregate = { columns, where, groupBy, orderBy, limit };
  // Unknown names and functions show at once, not only when there are lines.
  answerLogAggregate(query, [blank]);
  return query;
}

const blank: LogColumns = {
  id: "",
  ts_ms: 0,
  source: "",
  severity_text: "",
  event_message: "",
  log_attributes: {},
};

export function answerLogAggregate(
  { columns, where, groupBy, orderBy, limit }: LogAggregate,
  rows: readonly LogColumns[],
): readonly Readonly<Record<string, string | number>>[] {
  const keys = columns.filter(({ alias }) => groupBy.includes(alias));
  const groups = new Map<string, LogColumns[]>();
  for (const row of rows) {
    if (where != null && evaluateLog(where, row) === 0) continue;
    const key = JSON.stringify(keys.map(({ expression }) => evaluateLog(expression, row)));
    const group = groups.get(key) ?? [];
    group.push(row);
    groups.set(key, group);
  }
  // What is only checked must be evaluated too.
  const all = groups.size === 0 && rows.includes(blank) ? [[blank]] : [...groups.values()];
  const answers = all.map((group) =>
    Object.fromEntries(
      columns.map(({ alias, expression }) => [alias, evaluateLog(expression, group[0], group)]),
    ),
  );
  if (orderBy != null) {
    const { alias, descending } = orderBy;
    answers.sort((one, other) => ((one[alias] ?? 0) < (other[alias] ?? 0) ? -1 : 1) * (descending ? -1 : 1));
  }
  return answers.slice(0, limit);
}
