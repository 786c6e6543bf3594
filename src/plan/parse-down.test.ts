import { expect, it } from "vitest";
import { parseDown } from "./parse-down.ts";
import { isFinding, parseMigration } from "./parse-migration.ts";

const up = parseMigration("supabase/migrations/20250101000000_notes.sql", Buffer.from("select 1"));
const migrations = isFinding(up) ? [] : [up];
const parse = (name: string, sql: string) =>
  parseDown(`supabase/migrations/${name}`, Buffer.from(sql), migrations);

it("belongs to the migration of its version and name", () => {
  expect(parse("20250101000000_notes.down.sql", "drop table notes;")).toMatchObject({
    version: "20250101000000",
    name: "notes",
    statements: [{ sql: "drop table notes" }],
  });
});

it.each([
  ["20250101000001_notes.down.sql", "", "down-ill-named", "there is no migration of that version"],
  [
    "20250101000000_note.down.sql",
    "",
    "down-ill-named",
    "the migration is supabase/migrations/20250101000000_notes.sql",
  ],
  ["notes.down.sql", "", "down-migration-ill-named", "does not match"],
  [
    "20250101000000_notes.down.sql",
    "drop table a; commit;",
    "down-transaction-control",
    "ends a transaction",
  ],
  [
    "20250101000000_notes.down.sql",
    "drop index concurrently i;",
    "down-non-transactional",
    "cannot run in a transaction",
  ],
])("refuses %s with %j", (name, sql, rule, detail) => {
  const finding = parse(name, sql);
  expect(finding).toMatchObject({ rule, severity: "error", detail: expect.stringContaining(detail) });
});
