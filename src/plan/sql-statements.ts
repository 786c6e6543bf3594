import type { MigrationStatement } from "./migration-file.ts";
import { classifyStatement } from "./sql-class.ts";
import { type SqlToken, tokenizeSql } from "./sql-tokens.ts";

/**
 * Splits SQL at the semicolons the server splits at: not those inside literals, parentheses or
 * `BEGIN ATOMIC … END` bodies. Each statement keeps the comments before it and is trimmed, as the
 * supabase CLI (3.1.0) stores them; a trailing comment becomes a statement of its own there too.
 */
export function splitSql(text: string): readonly MigrationStatement[] {
  const statements: MigrationStatement[] = [];
  let start = 0;
  const cut = (end: number): void => {
    const piece = text.slice(start, end);
    const sql = piece.trim();
    if (sql !== "") {
      const offset = start + piece.indexOf(sql);
      statements.push({ sql, offset, transactional: classifyStatement(sql) !== "non-transactional" });
    }
    start = end + 1;
  };
  const tracker = createBodyTracker();
  for (const token of tokenizeSql(text)) {
    if (token.kind === "semicolon" && !tracker.isInside()) {
      cut(token.start);
      tracker.reset();
    } else if (token.kind === "word" || token.kind === "symbol") {
      tracker.see(text.slice(token.start, token.end), token);
    }
  }
  cut(text.length);
  return statements;
}

/** The same for two texts that differ in comments, white space and semicolons only. */
export function fingerprintSql(text: string): string {
  return tokenizeSql(text)
    .filter(({ kind }) => kind !== "space" && kind !== "comment" && kind !== "semicolon")
    .map(({ start, end }) => text.slice(start, end))
    .join(" ");
}

/** Counts parentheses and, in CREATE FUNCTION | PROCEDURE, the BEGIN ATOMIC, CASE and END that nest. */
function createBodyTracker() {
  let parens = 0;
  let bodies = 0;
  let words: string[] = [];
  const definesRoutine = (): boolean => {
    const [first, second, third, fourth] = words;
    const kind = second === "or" && third === "replace" ? fourth : second;
    return first === "create" && (kind === "function" || kind === "procedure");
  };
  return {
    isInside: (): boolean => parens > 0 || bodies > 0,
    reset(): void {
      parens = 0;
      bodies = 0;
      words = [];
    },
    see(text: string, { kind }: SqlToken): void {
      if (kind === "symbol" && text === "(") parens += 1;
      if (kind === "symbol" && text === ")") parens = Math.max(0, parens - 1);
      if (kind !== "word") return;
      const word = text.toLowerCase();
      if (definesRoutine()) {
        if (word === "atomic" && words.at(-1) === "begin") bodies += 1;
        if (word === "case" && bodies > 0) bodies += 1;
        if (word === "end" && bodies > 0) bodies -= 1;
      }
      words.push(word);
    },
  };
}
