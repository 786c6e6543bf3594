import { eachToken } from "../plan/sql-tokens.ts";
import type { SqlBody, SqlSyntaxError, SqlTree } from "../plan/sql-tree.ts";

type ReadTree = (sql: string, offset: number) => SqlTree | SqlSyntaxError | null;

type Parse = (sql: string) => unknown;

interface BodyText {
  readonly language: string;
  readonly text: string;
  readonly offset: number;
}

/** How PL/pgSQL hands an expression to the SQL parser (plpgsql.h, RawParseMode). */
const statementMode = 0;
const expressionMode = 2;

/** The SQL inside a PL/pgSQL body; statements are null when the language's own parser refuses the body. */
export function readPlpgsql(
  body: BodyText,
  tree: Omit<SqlTree, "body">,
  parse: Parse,
  readTree: ReadTree,
): SqlBody {
  const isDo = tree.kind === "DoStmt";
  const text = isDo ? asFunction(body.text) : tree.sql;
  let parsed: unknown;
  try {
    parsed = parse(text);
  } catch (cause) {
    const error = explainRefusal(cause, text, body, parse);
    return { ...body, variables: [], dynamic: true, statements: null, error };
  }
  const variables = new Set<string>();
  const statements: SqlTree[] = [];
  let dynamic = false;
  const lines = lineStarts(body.text);
  const visit = (value: unknown, line: number, initialised: string | null = null): void => {
    if (Array.isArray(value)) for (const item of value) visit(item, line);
    if (value == null || typeof value !== "object" || Array.isArray(value)) return;
    const node = value as Record<string, unknown>;
    const here = typeof node["lineno"] === "number" ? node["lineno"] : line;
    if (typeof node["refname"] === "string") variables.add(node["refname"].toLowerCase());
    if (typeof node["query"] === "string") {
      const found = readQuery(node["query"], node["parseMode"], body, lines[here - 1] ?? 0, readTree);
      if (found != null) statements.push(initialised == null ? found : { ...found, assigns: initialised });
      return;
    }
    const name = typeof node["refname"] === "string" ? node["refname"].toLowerCase() : initialised;
    for (const [key, inner] of Object.entries(node)) {
      if (key.startsWith("PLpgSQL_stmt_dyn")) dynamic = true;
      if (key === "dynquery") dynamic = true;
      visit(inner, here, key === "default_val" || key === "PLpgSQL_expr" ? name : null);
    }
  };
  visit(parsed, 1);
  return { ...body, variables: [...variables], dynamic, statements, error: null };
}

/** What is wrong whatever the types of variables are: those of tables and other types the parser does not know. */
const wrongAnyhow =
  /^(?:syntax error|mismatched parentheses|unterminated|missing "|unexpected end of|duplicate declaration|too (?:many|few) parameters specified for RAISE|(?:EXIT|CONTINUE|RETURN) cannot|end label|cannot use RETURN)/;

function explainRefusal(
  cause: unknown,
  whole: string,
  { text, offset }: BodyText,
  parse: Parse,
): SqlSyntaxError | null {
  const message = messageOf(cause);
  if (!wrongAnyhow.test(message)) return null;
  const start = whole.indexOf(text);
  const refuses = (code: string): boolean => {
    try {
      parse(`${whole.slice(0, start)}${code}${whole.slice(start + text.length)}`);
      return false;
    } catch (error) {
      return messageOf(error) === message;
    }
  };
  return { message, offset: offset + (start === -1 ? 0 : findPlace(message, text, refuses)), sql: text };
}

/** The parser gives no place. It is the first one where the code up to there is refused alike, whatever follows. */
function findPlace(message: string, text: string, refuses: (code: string) => boolean): number {
  const isEnd = message.endsWith("at end of input");
  const word = isEnd ? ";" : / at or near "([\s\S]+)"$/.exec(message)?.[1];
  if (word == null) return 0;
  for (const { start, end } of eachToken(text)) {
    if (text.slice(start, end).toLowerCase() !== word.toLowerCase()) continue;
    const stop = text.indexOf(";", end - 1);
    const code = stop === -1 ? text : text.slice(0, stop + 1);
    if (refuses(isEnd ? `${code} bee;` : code)) return start;
  }
  return isEnd ? text.trimEnd().lastIndexOf("\n") + 1 : 0;
}

function messageOf(error: unknown): string {
  return error instanceof Error ? error.message : "";
}

function readQuery(
  query: string,
  mode: unknown,
  body: BodyText,
  lineStart: number,
  readTree: ReadTree,
): SqlTree | null {
  const head = query.trim().slice(0, 8);
  const at = body.text.indexOf(head, lineStart);
  const offset = body.offset + (at === -1 ? lineStart : at);
  const assigned = mode === statementMode || mode === expressionMode ? null : /^[^=:]*:?=/.exec(query);
  const prefix = mode === statementMode ? "" : "select ";
  // A field of a trigger's row that is set is looked at beside the value it gets.
  const field = assigned == null ? null : /^(?:new|old)\.\w+(?=\s*:?=$)/i.exec(assigned[0]);
  if (assigned != null && field != null) {
    const sql = `${prefix}${field[0]}${",".padStart(assigned[0].length - field[0].length)}${query.slice(assigned[0].length)}`;
    const found = readTree(sql, offset - prefix.length);
    return found != null && "kind" in found ? found : null;
  }
  const sql = `${prefix}${assigned == null ? query : query.slice(assigned[0].length)}`;
  const found = readTree(sql, offset - prefix.length + (assigned?.[0].length ?? 0));
  if (found == null || !("kind" in found)) return null;
  const target = /^\s*(\w+)\s*:?=$/.exec(assigned?.[0] ?? "")?.[1];
  return target == null ? found : { ...found, assigns: target.toLowerCase() };
}

function asFunction(code: string): string {
  let tag = "$bee$";
  while (code.includes(tag)) tag = `$bee${tag.length}$`;
  return `create function bee_do() returns void language plpgsql as ${tag}${code}${tag}`;
}

function lineStarts(text: string): readonly number[] {
  const starts = [0];
  for (let at = text.indexOf("\n"); at !== -1; at = text.indexOf("\n", at + 1)) starts.push(at + 1);
  return starts;
}
