import type { MigrationStatement } from "./migration-file.ts";
import { classifyStatement } from "./sql-class.ts";
import { eachToken, type SqlToken, tokenizeSql } from "./sql-tokens.ts";

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
      statements.push({ sql, offset, kind: classifyStatement(sql) });
    }
    start = end + 1;
  };
  const tracker = createBodyTracker();
  for (const token of eachToken(text)) {
    if (token.kind === "semicolon" && !tracker.isInside()) {
      cut(token.start);
      tracker.reset();
    } else if (token.kind === "word" || token.kind === "symbol") tracker.see(text, token);
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
  let head: string[] = [];
  let isRoutine = false;
  let before = "";
  return {
    isInside: (): boolean => parens > 0 || bodies > 0,
    reset(): void {
      parens = 0;
      bodies = 0;
      head = [];
      isRoutine = false;
      before = "";
    },
    see(text: string, { kind, start, end }: SqlToken): void {
      if (kind === "symbol" && text[start] === "(") parens += 1;
      if (kind === "symbol" && text[start] === ")") parens = Math.max(0, parens - 1);
      if (kind !== "word" || (head.length === 4 && !isRoutine)) return;
      const word = text.slice(start, end).toLowerCase();
      if (isRoutine) {
        if (word === "atomic" && before === "begin") bodies += 1;
        if (word === "case" && bodies > 0) bodies += 1;
        if (word === "end" && bodies > 0) bodies -= 1;
        before = word;
      } else {
        head.push(word);
        isRoutine = /^create (or replace )?(function|procedure)$/.test(head.join(" "));
      }
    },
  };
}
