import type { MigrationFile, MigrationStatement } from "../plan/migration-file.ts";

interface SourceExcerpt {
  /** `path:line:column`, both from 1. */
  readonly at: string;
  readonly lines: readonly string[];
}

const widest = 160;

/** The source line with a caret below the place; the statement's first line when no place is known. */
export function renderExcerpt(
  { path, sql }: MigrationFile,
  statement: MigrationStatement | null,
  offset: number | null,
): SourceExcerpt {
  if (statement == null && offset == null) return { at: path, lines: [] };
  const at = offset ?? (statement == null ? 0 : statement.offset + leadingComments(statement.sql));
  const start = Math.max(sql.lastIndexOf("\n", at - 1), sql.lastIndexOf("\r", at - 1)) + 1;
  const end = sql.slice(start).search(/[\r\n]|$/) + start;
  const line = sql.slice(0, start).split(/\r\n|\n|\r/).length;
  const column = at - start + 1;
  const shift = Math.max(0, column - widest / 2);
  const text = sql.slice(start, end).slice(shift, shift + widest);
  const margin = `${line} | `;
  const pad = text.slice(0, column - 1 - shift).replace(/[^\t]/g, " ");
  return {
    at: `${path}:${line}:${column}`,
    lines: [`${margin}${text}`, `${" ".repeat(margin.length)}${pad}^`],
  };
}

function leadingComments(sql: string): number {
  return /^(?:\s|--[^\n\r]*[\n\r]|\/\*[\s\S]*?\*\/)*/.exec(sql)?.[0].length ?? 0;
}
