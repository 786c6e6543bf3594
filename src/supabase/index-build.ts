import { tokenizeSql } from "../plan/sql-tokens.ts";
import type { Session } from "./database.ts";

/** `create [unique] index concurrently [if not exists] <name> on [only] <table>`, names as written. */
interface IndexBuild {
  readonly name: string;
  readonly table: string;
}

/** Null for every other statement, and for a build without a name. */
export function parseIndexBuild(sql: string): IndexBuild | null {
  const words = tokenizeSql(sql)
    .filter(({ kind }) => kind !== "space" && kind !== "comment")
    .map(({ start, end }) => sql.slice(start, end));
  const lower = words.map((word) => word.toLowerCase());
  let at = 1;
  const skip = (...expected: readonly string[]): boolean => {
    const found = expected.every((word, index) => lower[at + index] === word);
    if (found) at += expected.length;
    return found;
  };
  if (lower[0] !== "create") return null;
  skip("unique");
  if (!skip("index", "concurrently")) return null;
  skip("if", "not", "exists");
  const name = words[at];
  if (name == null || lower[at] === "on") return null;
  at += 1;
  if (!skip("on")) return null;
  skip("only");
  let table = words[at] ?? "";
  while (words[at + 1] === ".") {
    table += `.${words[at + 2] ?? ""}`;
    at += 2;
  }
  return { name, table };
}

/** Null when there is no index of that name beside the table. */
export async function readIndexValidity(
  session: Session,
  { name, table }: IndexBuild,
): Promise<boolean | null> {
  const { rows } = await session.query<{ valid: boolean }>(
    `select index.indisvalid as valid
from pg_class relation join pg_index index on index.indexrelid = relation.oid
where relation.relname = (parse_ident($1))[1]
and relation.relnamespace = (select relnamespace from pg_class where oid = to_regclass($2))`,
    [name, table],
  );
  return rows[0]?.valid ?? null;
}

/** What an interrupted or failed concurrent build leaves: it costs every write and serves no read. */
export async function dropInvalidIndex(session: Session, { name, table }: IndexBuild): Promise<void> {
  const { rows } = await session.query<{ schema: string }>(
    `select quote_ident(nspname) as schema from pg_namespace
where oid = (select relnamespace from pg_class where oid = to_regclass($1))`,
    [table],
  );
  await session.query(`drop index concurrently if exists ${rows[0]?.schema}.${name}`);
}
