import type { Finding } from "../core/verdict.ts";
import type { MigrationFile } from "./migration-file.ts";
import { isFinding, parseMigration } from "./parse-migration.ts";

/** `<version>_<name>.down.sql` for `<version>_<name>.sql`; `migrations` are the files it may belong to. */
export function parseDown(
  path: string,
  bytes: Uint8Array,
  migrations: readonly MigrationFile[],
): MigrationFile | Finding {
  const parsed = parseMigration(path, bytes);
  if (isFinding(parsed)) {
    return {
      ...parsed,
      rule: `down-${parsed.rule}`,
      fix: "Name it as its migration: <version>_<name>.down.sql",
    };
  }
  const down = { ...parsed, name: parsed.name.replace(/\.down$/, "") };
  const up = migrations.find(({ version }) => version === down.version);
  if (up == null || up.name !== down.name) {
    const meant = up == null ? "there is no migration of that version" : `the migration is ${up.path}`;
    const fix =
      up == null
        ? "Remove it, or name it as its migration."
        : `git mv ${path} ${folderOf(path)}${up.path.replace(folderOf(up.path), "").replace(/\.sql$/, ".down.sql")}`;
    return finding("down-ill-named", path, `${path} belongs to no migration: ${meant}`, fix);
  }
  const refused = down.statements.find(({ kind }) => kind === "transaction-control");
  if (refused != null) {
    return finding(
      "down-transaction-control",
      path,
      `${path} begins or ends a transaction`,
      "Remove that statement: all downs and their history rows change in one transaction.",
    );
  }
  if (down.statements.some(({ kind }) => kind === "non-transactional")) {
    return finding(
      "down-non-transactional",
      path,
      `${path} has a statement that cannot run in a transaction`,
      "Leave out CONCURRENTLY: a down is short, and it must be all or nothing.",
    );
  }
  return down;
}

function folderOf(path: string): string {
  return path.slice(0, path.lastIndexOf("/") + 1);
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
