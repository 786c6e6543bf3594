import { describe, expect, it } from "vitest";
import type { AppliedMigration } from "./applied-migration.ts";
import { judgeCopy } from "./judge-copy.ts";
import type { MigrationFile } from "./migration-file.ts";
import type { Release } from "./release.ts";
import { assembleScript } from "./sql-script.ts";

const file = (version: string, sql: string): MigrationFile =>
  assembleScript(version, "x", `supabase/migrations/${version}_x.sql`, sql);
const applied = ({ version, name, statements }: MigrationFile): AppliedMigration => {
  return { version, name, statements: statements.map(({ sql }) => sql) };
};
const release = (id: string, ...files: readonly MigrationFile[]): Release =>
  ({ id, migrations: files.map(({ version, sha256 }) => ({ version, sha256 })) }) as unknown as Release;

const one = file("1", "create table a (id int);");
const two = file("2", "create table b (id int);");

describe("whether files make a target's copy", () => {
  it("takes the same files, and newer ones besides", () => {
    expect(judgeCopy([one, two], [applied(one)], [release("r1", one)])).toEqual([]);
    expect(judgeCopy([one], [], [])).toEqual([]);
  });

  it("names a file that is missing, edited in its statements, or in its bytes alone", () => {
    const commented = file("1", "-- why\ncreate table a (id int);");
    const edited = file("1", "create table a (id bigint);");
    const details = (files: readonly MigrationFile[], history = [applied(one)]): readonly string[] =>
      judgeCopy(files, history, [release("r2", one), release("r1", one)]).map(({ detail }) => detail);
    expect(details([])).toEqual(["1_x is applied but has no file here"]);
    expect(details([edited])).toEqual(["supabase/migrations/1_x.sql was changed after it was applied"]);
    const bytes = [
      "supabase/migrations/1_x.sql is not the file that release r2 was made of: its sha256 differs",
    ];
    expect(details([commented])).toEqual(bytes);
    // A history that keeps no statements leaves the ledger to tell.
    expect(details([edited], [{ version: "1", name: "x", statements: null }])).toEqual(bytes);
  });
});
