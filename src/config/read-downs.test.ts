import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, expect, it } from "vitest";
import { readDowns } from "./read-downs.ts";
import { readMigrations } from "./read-migrations.ts";

let root: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "bee-downs-"));
});
afterEach(() => rm(root, { recursive: true, force: true }));

it("reads the downs beside their migrations, and tells which belong to none", async () => {
  const folder = join(root, "supabase/migrations");
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "20250101000000_notes.sql"), "create table notes ();");
  await writeFile(join(folder, "20250101000000_notes.down.sql"), "drop table notes;");
  await writeFile(join(folder, "20250102000000_gone.down.sql"), "drop table gone;");
  const { files } = await readMigrations(root);
  const downs = await readDowns(root, files);
  expect([...downs.files].map(([version, { path }]) => [version, path])).toEqual([
    ["20250101000000", "supabase/migrations/20250101000000_notes.down.sql"],
  ]);
  expect(downs.findings.map(({ key }) => key)).toEqual([
    "down-ill-named:supabase/migrations/20250102000000_gone.down.sql",
  ]);
});

it("finds none where there are no migrations", async () => {
  expect(await readDowns(root, [])).toEqual({ files: new Map(), findings: [] });
});

it("reads them from a folder of their own too, and tells which are there twice", async () => {
  for (const folder of ["migrations", "downs"])
    await mkdir(join(root, "supabase", folder), { recursive: true });
  for (const name of ["20250101000000_one", "20250102000000_two"]) {
    await writeFile(join(root, `supabase/migrations/${name}.sql`), "create table t ();");
    await writeFile(join(root, `supabase/downs/${name}.down.sql`), "drop table t;");
  }
  await writeFile(join(root, "supabase/migrations/20250102000000_two.down.sql"), "drop table t;");
  const { files } = await readMigrations(root);
  const downs = await readDowns(root, files);
  expect([...downs.files.values()].map(({ path }) => path).sort()).toEqual([
    "supabase/downs/20250101000000_one.down.sql",
    "supabase/migrations/20250102000000_two.down.sql",
  ]);
  expect(downs.findings.map(({ key }) => key)).toEqual([
    "down-twice:supabase/downs/20250102000000_two.down.sql",
  ]);
});
