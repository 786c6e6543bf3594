import type { AppliedMigration } from "./applied-migration.ts";
import { leadingWords } from "./sql-class.ts";
import { splitSql } from "./sql-statements.ts";

/** Commands after which code written for the schema before may fail: dropped, renamed, made narrower. */
const narrowing: readonly RegExp[] = [
  /^drop (table|view|materialized view|foreign table|function|procedure|routine|type|domain|schema|sequence|extension|owned) /,
  /^alter (table|view|materialized view|foreign table|type|domain|function|procedure|schema|sequence) .*\b(rename|set schema)\b/,
  /^alter (table|foreign table|type) .*\b(drop (?!constraint|not|default|expression|identity)|set not null)\b/,
  /^alter (table|foreign table|type) .*\balter (column |attribute )?\S+ (set data )?type\b/,
  /^revoke /,
];

/** A migration between two releases that older functions may not survive, and the statement that makes it so. */
export interface Narrowing {
  readonly version: string;
  readonly statement: string;
}

/**
 * Judged by leading words alone, without a database: quick enough for a rollback at night, and rather one too many.
 * `rollback database` proves the same by catalogs.
 */
export function findNarrowing(migrations: readonly AppliedMigration[]): readonly Narrowing[] {
  return migrations.flatMap(({ version, statements }) => {
    const found = (statements ?? [])
      .flatMap((sql) => splitSql(sql))
      .find(({ sql }) => narrowing.some((pattern) => pattern.test(`${leadingWords(sql).join(" ")} `)));
    return found == null ? [] : [{ version, statement: found.sql.replace(/\s+/g, " ").trim().slice(0, 120) }];
  });
}
