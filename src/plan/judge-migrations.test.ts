import { describe, expect, it } from "vitest";
import { judgeMigrations } from "./judge-migrations.ts";
import type { MigrationFile } from "./migration-file.ts";
import { isFinding, parseMigration } from "./parse-migration.ts";

function file(name: string, sql: string): MigrationFile {
  const parsed = parseMigration(`supabase/migrations/${name}.sql`, Buffer.from(sql));
  if (isFinding(parsed)) throw new Error(parsed.detail);
  return parsed;
}

const one = file("20260101000000_one", "-- first\ncreate table t (id int);");
const two = file("20260102000000_two", "create table u (id int);");
const appliedOne = { version: one.version, name: "one", statements: ["create table t(id int)"] };
const rules = (files: readonly MigrationFile[], history: Parameters<typeof judgeMigrations>[1] = []) =>
  judgeMigrations(files, history).findings.map(({ rule, location }) => `${rule}:${location?.line ?? "-"}`);

describe("judgeMigrations", () => {
  it("answers what is pending, in order of version", () => {
    expect(judgeMigrations([two, one], [])).toEqual({ pending: [one, two], findings: [] });
    expect(judgeMigrations([two, one], [appliedOne])).toEqual({ pending: [two], findings: [] });
  });

  it("takes rows without stored statements as they are", () => {
    expect(rules([one, two], [{ version: one.version, name: null, statements: null }])).toEqual([]);
  });

  it("finds an edited file", () => {
    const { findings } = judgeMigrations(
      [file("20260101000000_one", "create table t (id bigint);"), two],
      [appliedOne],
    );
    expect(findings).toEqual([
      expect.objectContaining({
        key: "migration-edited:20260101000000",
        rule: "migration-edited",
        detail: "supabase/migrations/20260101000000_one.sql was changed after it was applied",
      }),
    ]);
  });

  it("finds a duplicate version", () => {
    expect(rules([one, file("20260101000000_again", "select 1")])).toEqual(["migration-duplicate:-"]);
  });

  it("finds a file older than what is applied", () => {
    expect(
      rules([one, two], [{ version: two.version, name: "two", statements: ["create table u(id int)"] }]),
    ).toEqual(["migration-out-of-order:-"]);
  });

  it("finds what is applied but missing here", () => {
    const { findings, pending } = judgeMigrations([two], [appliedOne]);
    expect(pending).toEqual([two]);
    expect(findings.map(({ detail }) => detail)).toEqual([
      "20260101000000_one is applied but has no file here",
    ]);
  });

  it.each([
    [
      "select 1;\n-- now\n\ncommit;\nbegin;\nselect 2;",
      ["migration-transaction-control:4", "migration-transaction-control:5"],
    ],
    ["create table t (id int);\ncreate index concurrently i on t (id);", ["migration-mixed-transactions:2"]],
    ["set lock_timeout = '1s';\ncreate index concurrently i on t (id);\nvacuum t;\n-- end", []],
    ["create index concurrently on t (id);", ["migration-unnamed-index:1"]],
    ["create index concurrently if not exists i on t (id);", []],
    ["create function f() returns int language sql begin atomic select 1; end;", []],
    ["do $$ begin perform 1; end $$;", []],
  ])("judges the statements of %j", (sql, expected) => {
    expect(rules([file("20260101000000_one", sql)])).toEqual(expected);
  });

  it("leaves applied files alone, whatever their statements", () => {
    const done = file("20260101000000_one", "begin; select 1; commit;");
    expect(
      rules([done], [{ version: done.version, name: "one", statements: ["begin", "select 1", "commit"] }]),
    ).toEqual([]);
  });
});

describe("parseMigration", () => {
  it("takes version and name from the file name and the digest from the bytes", () => {
    const parsed = parseMigration("supabase/migrations/1_My-Name.x.sql", Buffer.from("\ufeffselect 1;"));
    expect(parsed).toMatchObject({ version: "1", name: "My-Name.x", sql: "select 1;" });
    expect(parsed).toMatchObject({ statements: [{ sql: "select 1", offset: 0, kind: "ordinary" }] });
    expect(parsed).toMatchObject({
      sha256: "fe8a13b358125cac37a73807ee6260047ab4e74b0a77d7ea6b128b162bbfe283",
    });
  });

  it.each([
    ["bad-name.sql", Buffer.from("select 1"), "migration-ill-named"],
    ["20260101000000.sql", Buffer.from("select 1"), "migration-ill-named"],
    ["20260101000000_x.SQL", Buffer.from("select 1"), "migration-ill-named"],
    ["20260101000000_x.sql", Buffer.from([0x73, 0xff, 0xfe]), "migration-not-utf8"],
    ["20260101000000_x.sql", Buffer.from("a\0b"), "migration-not-utf8"],
  ])("refuses %s", (name, bytes, rule) => {
    const parsed = parseMigration(`supabase/migrations/${name}`, bytes);
    expect(parsed).toMatchObject({
      rule,
      severity: "error",
      location: { file: `supabase/migrations/${name}` },
    });
  });
});
