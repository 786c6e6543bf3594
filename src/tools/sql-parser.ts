import { splitSql } from "../plan/sql-statements.ts";
import { eachToken, type SqlToken } from "../plan/sql-tokens.ts";
import type { ParseSql, SqlBody, SqlFields, SqlSyntaxError, SqlTree } from "../plan/sql-tree.ts";
import { readPlpgsql } from "./plpgsql-body.ts";

/** Longer statements are data as a rule; the parser would make a tree of hundreds of megabytes of them. */
const longest = 256 * 1024;

type ParseOne = (sql: string) => { readonly kind: string; readonly fields: SqlFields } | SqlSyntaxError;

/** PostgreSQL's own parser (libpg_query, WebAssembly): the same grammar as the server's, no server needed. */
export async function createSqlParser(): Promise<ParseSql> {
  const { loadModule, parsePlPgSQLSync, parseSync } = await import("libpg-query");
  await loadModule();
  const parseOne: ParseOne = (sql) => {
    try {
      const node: unknown = parseSync(sql).stmts?.[0]?.stmt;
      const [kind, fields] = Object.entries(node ?? {})[0] ?? ["", {}];
      return { kind, fields: fields as SqlFields };
    } catch (error) {
      const position = (error as { sqlDetails?: { cursorPosition?: number } }).sqlDetails?.cursorPosition;
      const offset = Math.max(0, toUtf16(sql, position ?? 0));
      return { message: error instanceof Error ? error.message : String(error), offset, sql };
    }
  };
  const parseBody = (tree: Omit<SqlTree, "body">): SqlBody | null => {
    const body = findBody(tree);
    if (body == null) return null;
    if (body.language === "sql") {
      const inner = splitSql(body.text).map(({ sql, offset }) => readTree(sql, body.offset + offset));
      const variables = argumentNames(tree.fields);
      return {
        ...body,
        variables,
        dynamic: false,
        statements: inner.some(isError) ? null : inner.filter(isTree),
        error: inner.find(isError) ?? null,
      };
    }
    if (body.language !== "plpgsql")
      return { ...body, variables: [], dynamic: true, statements: null, error: null };
    return readPlpgsql(body, tree, (sql) => parsePlPgSQLSync(sql), readTree);
  };
  const readTree = (sql: string, offset: number): SqlTree | SqlSyntaxError | null => {
    const lead = leadingSpace(sql);
    const text = sql.slice(lead);
    if (text === "" || text.length > longest) return null;
    const parsed = parseOne(text);
    const start = offset + lead;
    if (isError(parsed)) return { ...parsed, offset: start + parsed.offset };
    if (parsed.kind === "") return null;
    const place = (location: unknown): number =>
      start + (typeof location !== "number" || location < 0 ? 0 : toUtf16(text, location));
    const bare = { ...parsed, sql: text, offset: start, place, assigns: null };
    return { ...bare, body: parseBody(bare) };
  };
  return ({ statements }) => {
    const read = statements.map(({ sql, offset }) => readTree(sql, offset));
    return { trees: read.filter(isTree), errors: read.filter(isError) };
  };
}

function isError(value: unknown): value is SqlSyntaxError {
  return value != null && typeof value === "object" && "message" in value;
}

function isTree(value: SqlTree | SqlSyntaxError | null): value is SqlTree {
  return value != null && "kind" in value;
}

/** libpg_query counts bytes of UTF-8. */
function toUtf16(text: string, bytes: number): number {
  if (Buffer.byteLength(text) === text.length) return bytes;
  return Buffer.from(text).subarray(0, bytes).toString().length;
}

function leadingSpace(sql: string): number {
  for (const { kind, start } of eachToken(sql)) if (kind !== "space" && kind !== "comment") return start;
  return sql.length;
}

function findBody(tree: Omit<SqlTree, "body">): { language: string; text: string; offset: number } | null {
  if (tree.kind !== "CreateFunctionStmt" && tree.kind !== "DoStmt") return null;
  const options = readOptions(tree.fields[tree.kind === "DoStmt" ? "args" : "options"]);
  const as = options.find(({ name }) => name === "as");
  const text = as == null ? null : firstText(as.value);
  if (as == null || text == null) return null;
  const language = firstText(options.find(({ name }) => name === "language")?.value) ?? "plpgsql";
  const from = tree.place(as.location) - tree.offset;
  let literal: SqlToken | null = null;
  for (const token of eachToken(tree.sql)) {
    if (token.kind !== "string" || token.start < from) continue;
    literal = token;
    break;
  }
  const opening =
    literal == null ? "" : (/^(?:[eEnN]?'|\$[^$]*\$)/.exec(tree.sql.slice(literal.start))?.[0] ?? "");
  return {
    language: language.toLowerCase(),
    text,
    offset: tree.offset + (literal?.start ?? 0) + opening.length,
  };
}

function readOptions(value: unknown): { name: string; value: unknown; location: unknown }[] {
  return (Array.isArray(value) ? value : []).map((option: { DefElem?: SqlFields }) => ({
    name: String(option.DefElem?.["defname"] ?? ""),
    value: option.DefElem?.["arg"],
    location: option.DefElem?.["location"],
  }));
}

function firstText(value: unknown): string | null {
  if (value == null || typeof value !== "object") return null;
  const node = value as { String?: { sval?: string }; List?: { items?: unknown[] } };
  return node.String?.sval ?? firstText(node.List?.items?.[0]);
}

function argumentNames(fields: SqlFields): readonly string[] {
  const parameters = Array.isArray(fields["parameters"]) ? fields["parameters"] : [];
  return parameters
    .map((one: { FunctionParameter?: { name?: string } }) => one.FunctionParameter?.name ?? "")
    .filter((name) => name !== "");
}
