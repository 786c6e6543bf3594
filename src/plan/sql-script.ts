import { sha256 } from "./digest.ts";
import type { MigrationFile } from "./migration-file.ts";
import { splitSql } from "./sql-statements.ts";

/** SQL that bee wrote, in the shape of a file, so that it is run and its errors are shown like one. */
export function assembleScript(version: string, name: string, path: string, sql: string): MigrationFile {
  return { version, name, path, sql, statements: splitSql(sql), sha256: sha256(sql) };
}

/** Statements as the history table has them, as one text again. A statement may end in a line comment. */
export function renderStatements(statements: readonly string[]): string {
  return statements.map((statement) => `${statement}${/--[^\n]*$/.test(statement) ? "\n" : ""};\n`).join("");
}
