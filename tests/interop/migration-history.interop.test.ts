import { readdir, readFile } from "node:fs/promises";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { judgeMigrations } from "../../src/plan/judge-migrations.ts";
import type { MigrationFile } from "../../src/plan/migration-file.ts";
import type { Database } from "../../src/supabase/database.ts";
import { createMigrationStore } from "../../src/supabase/migration-store.ts";
import { type CliProject, createCliProject } from "../support/genuine-cli.ts";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../support/postgres.ts";
import { migration, openDatabase, takeLock } from "../support/target.ts";

/** What splitting can get wrong, in forms both tools accept. */
const tricky: Readonly<Record<string, string>> = {
  "1_short": "create table a (id int);",
  "20260101000000_comments":
    "-- one\n/* two /* nested; */ */\ncreate table b (id int); -- three\n\n-- four\n;\n;insert into b values (1);;\n-- end",
  "20260101000001_quotes": `select E'it\\'s; x', 'a''b;c', "id;x", '\\' from (select 1 as "id;x") s; select $$;$$, $q$ $$;' $q$, U&'\\0061;';`,
  "20260101000002_bodies":
    "create function f() returns int language sql begin atomic select case when true then 1 else 2 end; end;\ncreate function g() returns text language plpgsql as $body$ begin return 'a;b'; end $body$;\ncreate rule r as on insert to b do also (select 1; select 2);",
  "20260101000003_crlf": "create table c\r\n  (id int);\r\n\r\ninsert into c\r\nvalues (1);\r\n",
  "20260101000004_no_end": "create table d (id int)",
  "20260101000005_empty": "\n\n",
  "20260101000006_comment_only": "-- nothing here\n",
  "20260101000007_": "create table e (id int);",
  "20260101000008_My-Name.with.dots": "comment on table e is 'ünï;🐝' ;",
  "20260101000009_concurrently": "-- apart\ncreate index concurrently i on e (id);\n",
  "20260101000010_do": "do $$ begin perform 1; end $$;\n\t \nselect 1 -- x\n;",
};

let server: TestPostgres;
let byCli: TestDatabase;
let byBee: TestDatabase;
let cli: CliProject;
let opened: Database[];

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  [byCli, byBee, cli] = await Promise.all([
    server.createDatabase(),
    server.createDatabase(),
    createCliProject(),
  ]);
  opened = [];
});
afterEach(async () => {
  await Promise.all(opened.map((database) => database.close()));
  await Promise.all([byCli.drop(), byBee.drop(), cli.remove()]);
});

const open = (url: string) => {
  const database = openDatabase(url);
  opened.push(database);
  return database;
};
const files = (texts: Readonly<Record<string, string>>): readonly MigrationFile[] =>
  Object.entries(texts).map(([base, sql]) => {
    const at = base.indexOf("_");
    return migration(base.slice(0, at), base.slice(at + 1), sql);
  });
const rows = (database: Database) =>
  database.query("select * from supabase_migrations.schema_migrations order by version");
const columns = (database: Database) =>
  database.query(`
select attname, atttypid::regtype::text as type, attnotnull, attnum from pg_attribute
where attrelid = 'supabase_migrations.schema_migrations'::regclass and attnum > 0 order by attnum`);

async function applyWithBee(texts: Readonly<Record<string, string>>): Promise<Database> {
  const database = open(byBee.url);
  const lease = await takeLock(database);
  const store = createMigrationStore(database);
  for (const file of judgeMigrations(files(texts), await store.readHistory()).pending)
    await store.apply(file, lease);
  return database;
}

async function applyWithCli(texts: Readonly<Record<string, string>>, url = byCli.url): Promise<void> {
  for (const [base, sql] of Object.entries(texts)) await cli.writeMigration(`${base}.sql`, sql);
  await cli.run("db", "push", `--remote=${url}`, "--yes", "--include-all");
}

describe("bee and the genuine CLI", () => {
  it("write the same history", async () => {
    await applyWithCli(tricky);
    const bee = await applyWithBee(tricky);
    const genuine = open(byCli.url);
    expect(await rows(bee)).toEqual(await rows(genuine));
    expect(await columns(bee)).toEqual(await columns(genuine));
  });

  it("go on where the other stopped", async () => {
    const [first, ...rest] = Object.entries(tricky);
    await applyWithCli(Object.fromEntries([first ?? []]), byBee.url);
    await applyWithBee(tricky);
    await applyWithCli(Object.fromEntries(rest), byBee.url);
    const listed = await cli.run("migration", "list", `--remote=${byBee.url}`, "--output-format", "json");
    const migrations = JSON.parse(listed) as { migrations: { local: string; remote: string }[] };
    expect(migrations.migrations.map(({ local, remote }) => local === remote)).toEqual(
      Object.keys(tricky).map(() => true),
    );
  });

  it("take what the other applied as unchanged", async () => {
    await applyWithCli(tricky);
    const history = await createMigrationStore(open(byCli.url)).readHistory();
    expect(judgeMigrations(files(tricky), history)).toEqual({ pending: [], findings: [] });
  });

  it("agree on the bundled backend", async () => {
    const folder = new URL("../../supabase/migrations/", import.meta.url);
    const names = (await readdir(folder)).filter((name) => name.endsWith(".sql")).sort();
    const texts = Object.fromEntries(
      await Promise.all(
        names.map(
          async (name) => [name.slice(0, -4), await readFile(new URL(name, folder), "utf8")] as const,
        ),
      ),
    );
    await applyWithCli(texts);
    const bee = await applyWithBee(texts);
    expect(await rows(bee)).toEqual(await rows(open(byCli.url)));
  });
});
