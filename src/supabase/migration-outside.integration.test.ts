import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { failureOf, migration, openDatabase, takeLock } from "../../tests/support/target.ts";
import type { BeeError } from "../core/bee-error.ts";
import type { Lease } from "../ports/deploy-lock.ts";
import type { Database } from "./database.ts";
import { createMigrationStore } from "./migration-store.ts";

let server: TestPostgres;
let target: TestDatabase;
let database: Database;
let lease: Lease;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  target = await server.createDatabase();
  database = openDatabase(target.url);
  lease = await takeLock(database);
});
afterEach(async () => {
  await database.close();
  await target.drop();
});

const history = () => createMigrationStore(database).readHistory();

describe("statements that refuse a transaction", () => {
  const build = "create unique index concurrently i on public.a (id)";
  const validity = () =>
    database.query<{ valid: boolean }>(
      "select indisvalid as valid from pg_index where indexrelid = 'i'::regclass",
    );

  beforeEach(async () => {
    const sql = "create table a (id int); insert into a values (1), (1);";
    await createMigrationStore(database).apply(migration("1", "a", sql), lease);
  });

  it("runs them one by one and records the file", async () => {
    const sql = "-- one\ncreate index concurrently i on a (id);\nvacuum a;";
    await createMigrationStore(database).apply(migration("2", "b", sql), lease);
    expect(await validity()).toEqual([{ valid: true }]);
    expect((await history()).at(-1)?.statements).toEqual([
      "-- one\ncreate index concurrently i on a (id)",
      "vacuum a",
    ]);
    expect(await database.query("select * from bee.migration_progress")).toEqual([]);
  });

  it("removes the INVALID index of a failed build and goes on there next time", async () => {
    const file = migration("2", "b", `vacuum a;\n${build};`);
    const error = await failureOf(createMigrationStore(database).apply(file, lease));
    expect(error).toMatchObject({
      code: "BEE-E301",
      message: expect.stringContaining("2_b.sql:2:1: could not create unique index"),
    });
    expect((error as BeeError).detail).toContain("those before this one are done");
    expect(await database.query("select from pg_class where relname = 'i'")).toEqual([]);
    expect(await database.query("select version, statement from bee.migration_progress")).toEqual([
      { version: "2", statement: 1 },
    ]);
    await database.query("delete from a where ctid = (select min(ctid) from a)");
    await createMigrationStore(database).apply(file, lease);
    expect(await validity()).toEqual([{ valid: true }]);
    expect((await history()).map(({ version }) => version)).toEqual(["1", "2"]);
  });

  it("replaces the INVALID index somebody left, also behind IF NOT EXISTS", async () => {
    await failureOf(database.query(build));
    expect(await validity()).toEqual([{ valid: false }]);
    await database.query("delete from a where ctid = (select min(ctid) from a)");
    const sql = build.replace("concurrently", "concurrently if not exists");
    await createMigrationStore(database).apply(migration("2", "b", `${sql};`), lease);
    expect(await validity()).toEqual([{ valid: true }]);
  });

  it("takes an index it began and finds complete as built", async () => {
    const file = migration("2", "b", "create index concurrently i on a (id);");
    await database.query("create index concurrently i on a (id)");
    await database.query("insert into bee.migration_progress values ('2', $1, 0)", [file.sha256]);
    await createMigrationStore(database).apply(file, lease);
    expect((await history()).map(({ version }) => version)).toEqual(["1", "2"]);
  });

  it("does not take somebody else's index for its own", async () => {
    await database.query("create index i on a (id)");
    const file = migration("2", "b", "create index concurrently i on a (id);");
    const error = await failureOf(createMigrationStore(database).apply(file, lease));
    expect(error).toMatchObject({ code: "BEE-E301", message: expect.stringContaining("already exists") });
  });
});
