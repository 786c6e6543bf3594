import type { Finding } from "../core/verdict.ts";
import { sha256 } from "./digest.ts";
import type { MigrationFile } from "./migration-file.ts";
import { splitSql } from "./sql-statements.ts";

const fileName = /^(\d+)_(.*)\.sql$/;

/**
 * One file of supabase/migrations. `path` is relative to the project root, posix.
 * The name rule is the supabase CLI's (3.1.0), which only skips what does not match.
 */
export function parseMigration(path: string, bytes: Uint8Array): MigrationFile | Finding {
  const base = path.slice(path.lastIndexOf("/") + 1);
  const match = fileName.exec(base);
  if (match == null) {
    return finding(
      "migration-ill-named",
      path,
      `${base} does not match <timestamp>_<name>.sql and would never be applied`,
      `Rename it, for example: git mv ${path} ${path.slice(0, -base.length)}20260101120000_${withoutDigits(base)}`,
    );
  }
  const sql = decode(bytes);
  if (sql == null) {
    return finding("migration-not-utf8", path, `${base} is not UTF-8 text`, "Save the file as UTF-8.");
  }
  const [, version = "", name = ""] = match;
  return { version, name, path, sql, statements: splitSql(sql), sha256: sha256(bytes) };
}

export function isFinding(parsed: MigrationFile | Finding): parsed is Finding {
  return "rule" in parsed;
}

/** Without the byte order mark, which the server takes for a syntax error; null when not UTF-8 or with NUL. */
function decode(bytes: Uint8Array): string | null {
  try {
    const text = new TextDecoder("utf-8", { fatal: true }).decode(bytes);
    return text.includes("\0") ? null : text;
  } catch {
    return null;
  }
}

function withoutDigits(base: string): string {
  const name = base.replace(/\.sql$/, "").replace(/^\d+[-_.]*/, "");
  return `${name.replace(/[^A-Za-z0-9]+/g, "_") || "change"}.sql`;
}

function finding(rule: string, path: string, detail: string, fix: string): Finding {
  return {
    key: `${rule}:${path}`,
    rule,
    severity: "error",
    subject: path,
    detail,
    fix,
    location: { file: path },
  };
}
