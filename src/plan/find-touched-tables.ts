import type { Catalog } from "./catalog.ts";
import type { MigrationFile } from "./migration-file.ts";
import { leadingWords } from "./sql-class.ts";
import { tokenizeSql } from "./sql-tokens.ts";

/** Statements that leave the rows of existing tables alone, whatever tables they name. */
const harmless = [
  /^create (or replace )?(function|procedure|view|policy|trigger|constraint|type|domain|schema|extension|role|publication|event|rule|aggregate) /,
  /^create (unique )?index /,
  /^create (temporary |temp |unlogged )?(table|sequence) /,
  /^(grant|revoke|comment|set|reset|notify|analyze) /,
  /^drop (policy|trigger|index|function|view|materialized|publication|rule|event|role|extension) (?!.*\bcascade\b)/,
  /^alter (policy|trigger|index|function|view|materialized|publication|default|role|event|extension|sequence|schema) /,
  /^insert into /,
];

/** Words of an ALTER TABLE that may cost values; adding to a table or renaming it costs none. */
const costly = ["drop", "type", "using"];

/**
 * Existing tables whose rows migrations may change or delete, found by the names in their statements: too many rather
 * than too few, for each is copied before. A type that is altered or dropped stands for the tables that use it.
 */
export function findTouchedTables(migrations: readonly MigrationFile[], catalog: Catalog): readonly string[] {
  const tables = catalog.objects.filter(
    ({ kind, facets }) => kind === "table" && facets["form"] !== "foreign",
  );
  const named = tables.map(({ name }) => ({ name, parts: splitName(name) }));
  const touched = new Set<string>();
  for (const { sql } of migrations.flatMap(({ statements }) => statements)) {
    const line = `${leadingWords(sql).join(" ")} `;
    if (harmless.some((pattern) => pattern.test(line))) continue;
    const words = wordsOf(sql);
    if (line.startsWith("alter table ") && !costly.some((word) => words.has(word))) continue;
    for (const { name, parts } of named) if (words.has(parts.local)) touched.add(name);
    for (const { kind, name } of catalog.objects) {
      if (kind === "schema" && line.startsWith("drop schema ") && words.has(name)) {
        for (const table of named) if (table.parts.schema === name) touched.add(table.name);
      }
      if (
        (kind === "enum" || kind === "domain" || kind === "composite type") &&
        words.has(splitName(name).local)
      ) {
        for (const table of usersOf(catalog, `${kind} ${name}`)) touched.add(table);
      }
    }
  }
  return [...touched].sort();
}

function usersOf(catalog: Catalog, type: string): readonly string[] {
  return catalog.objects
    .filter(({ kind, origin }) => kind === "column" && origin.needs.includes(type))
    .flatMap(({ on }) => (on == null ? [] : [on]));
}

/** Names in a statement, in literals too: DO blocks and EXECUTE hide their SQL there. */
function wordsOf(sql: string): ReadonlySet<string> {
  const words = new Set<string>();
  for (const { kind, start, end } of tokenizeSql(sql)) {
    const text = sql.slice(start, end);
    if (kind === "word") words.add(text.toLowerCase());
    if (kind === "quoted") words.add(text);
    if (kind === "string")
      for (const word of text.toLowerCase().match(/[\p{L}_][\p{L}\p{N}_$]*/gu) ?? []) words.add(word);
  }
  return words;
}

function splitName(name: string): { readonly schema: string; readonly local: string } {
  const match = /^("(?:[^"]|"")*"|[^.]*)\.(.*)$/.exec(name);
  return { schema: match?.[1] ?? "", local: match?.[2] ?? name };
}
