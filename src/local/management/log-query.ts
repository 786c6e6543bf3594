/** What is understood of a log query: the form in which the supabase CLI 3 asks. */
export interface LogQuery {
  /** Source names; empty = all. */
  readonly sources: readonly string[];
  readonly levels: readonly string[];
  readonly functionId: string | null;
  readonly search: string | null;
  readonly after: { readonly time: number; readonly id: string } | null;
  readonly newestFirst: boolean;
  readonly limit: number;
}

const maxLimit = 1_000;
const text = "'((?:[^'\\\\]|''|\\\\.)*)'";

const unquote = (value: string) => value.replace(/''/g, "'").replace(/\\(.)/g, "$1");

/** Splits at ` and ` outside brackets and quotes. */
function splitConditions(where: string): readonly string[] {
  const parts: string[] = [];
  let depth = 0;
  let start = 0;
  for (const token of where.matchAll(/'(?:[^'\\]|''|\\.)*'|[()]|\s+and\s+/gi)) {
    if (token[0] === "(") depth += 1;
    else if (token[0] === ")") depth -= 1;
    else if (depth === 0 && /^\s+and\s+$/i.test(token[0])) {
      parts.push(where.slice(start, token.index).trim());
      start = token.index + token[0].length;
    }
  }
  return [...parts, where.slice(start).trim()];
}

const readTexts = (list: string) =>
  [...list.matchAll(new RegExp(text, "g"))].map((match) => unquote(match[1] ?? ""));

function applyCondition(query: LogQuery, condition: string): LogQuery | null {
  const sources = new RegExp(
    `^\\(?\\s*source\\s*=\\s*${text}(\\s+or\\s+source\\s*=\\s*${text})*\\s*\\)?$`,
    "i",
  );
  if (sources.test(condition)) return { ...query, sources: readTexts(condition) };
  const inSources = /^source\s+in\s*\((.*)\)$/i.exec(condition);
  if (inSources != null) return { ...query, sources: readTexts(inSources[1] ?? "") };
  const functionId = new RegExp(`^log_attributes\\['function_id'\\]\\s*=\\s*${text}$`, "i").exec(condition);
  if (functionId != null) return { ...query, functionId: unquote(functionId[1] ?? "") };
  const levels = /^\(multiIf\(.*\)\s+in\s+\(([^()]*)\)$/is.exec(condition);
  if (levels != null) return { ...query, levels: readTexts(levels[1] ?? "") };
  const search = new RegExp(
    `^positionCaseInsensitiveUTF8\\(event_message,\\s*${text}\\)\\s*>\\s*0$`,
    "i",
  ).exec(condition);
  if (search != null) return { ...query, search: unquote(search[1] ?? "") };
  const after = new RegExp(
    `^\\(toUnixTimestamp64Milli\\(timestamp\\) > (\\d+) or \\(.* and id > ${text}\\)\\)$`,
    "i",
  ).exec(condition);
  if (after != null) return { ...query, after: { time: Number(after[1]), id: unquote(after[2] ?? "") } };
  return null;
}

/** Null when the SQL is of any other form: a query is answered as asked or not at all. */
export function parseLogQuery(sql: string): LogQuery | null {
  const form =
    /^\s*select\s+id,\s*toUnixTimestamp64Milli\(timestamp\) as ts_ms,\s*source,\s*severity_text,\s*multiIf\(.*\) as level,\s*event_message,\s*log_attributes\s+from\s+logs(?:\s+where\s+(.*?))?\s+order by\s+ts_ms (asc|desc),\s*id (?:asc|desc)\s+limit\s+(\d+)\s*;?\s*$/is.exec(
      sql,
    );
  if (form == null) return null;
  const [, where, order, limit] = form;
  const start: LogQuery = {
    sources: [],
    levels: [],
    functionId: null,
    search: null,
    after: null,
    newestFirst: order?.toLowerCase() === "desc",
    limit: Math.min(Number(limit), maxLimit),
  };
  const conditions = where == null ? [] : splitConditions(where);
  return conditions.reduce<LogQuery | null>(
    (query, condition) => query && applyCondition(query, condition),
    start,
  );
}
