import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { failureOf, openDatabase } from "../../tests/support/target.ts";
import type { Database } from "./database.ts";
import { createDatabaseReader } from "./database-reader.ts";

let server: TestPostgres;
let target: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await startTestPostgres();
  target = await server.createDatabase();
  database = openDatabase(target.url);
  await database.withSession((session) =>
    session.query("create table kept (id int); insert into kept values (1)"),
  );
});
afterAll(async () => {
  await database.close();
  await target.drop();
  await server.stop();
});

const reader = () => createDatabaseReader(database);
const count = () => database.query("select count(*)::int as rows from kept");

/** Fails to connect with `change` made to the URL. */
async function connectFailure(change: (url: URL) => void): Promise<unknown> {
  const url = new URL(target.url);
  change(url);
  const other = openDatabase(url.href);
  const failure = await failureOf(other.query("select 1"));
  await other.close();
  return failure;
}

describe("connecting", () => {
  it("names itself to the server", async () => {
    expect(await database.query("select current_setting('application_name') as name")).toEqual([
      { name: "bee-test" },
    ]);
  });

  it.each([
    [
      "a wrong password",
      (url: URL) => {
        url.password = "not-it";
      },
      { code: "BEE-E322", exit: 8 },
    ],
    [
      "an unknown database",
      (url: URL) => {
        url.pathname = "/nowhere";
      },
      { code: "BEE-E323", exit: 2 },
    ],
    [
      "a port nobody listens on",
      (url: URL) => {
        url.port = "1";
      },
      { code: "BEE-E321", exit: 4 },
    ],
    [
      "a host that is not loopback, without TLS",
      (url: URL) => {
        url.hostname = "0.0.0.0";
      },
      { code: "BEE-E325", exit: 2 },
    ],
  ])("says what is wrong with %s, without the password", async (_what, change, expected) => {
    const failure = await connectFailure(change);
    expect(failure).toMatchObject(expected);
    expect(JSON.stringify([failure, String(failure)])).not.toContain(new URL(target.url).password);
  });

  it("gets over a session that was ended while idle", async () => {
    await database.query("select 1");
    const admin = openDatabase(target.adminUrl);
    await admin.query(
      "select pg_terminate_backend(pid) from pg_stat_activity where application_name = 'bee-test' and pid <> pg_backend_pid()",
    );
    await admin.close();
    await expect
      .poll(() => database.query("select 1 as one").catch(() => null), { timeout: 5_000 })
      .toEqual([{ one: 1 }]);
  });

  it("does not hand on a session that was left in a transaction", async () => {
    await database.withSession((session) => session.query("begin; set local search_path = nowhere"));
    expect(await count()).toEqual([{ rows: 1 }]);
  });
});

describe("the reader", () => {
  it("answers rows", async () => {
    expect(await reader().query("select id + $1 as next from kept", [1])).toEqual([{ next: 2 }]);
  });

  it.each([
    ["writes", "insert into kept values (2)", "25006"],
    [
      "writes inside a function call",
      "select setval(pg_get_serial_sequence('kept', 'id'), 1), nextval('bee_none')",
      "42P01",
    ],
    ["several statements", "select 1; commit; insert into kept values (2)", "42601"],
  ])("refuses %s", async (_what, sql, code) => {
    expect(await failureOf(reader().query(sql))).toMatchObject({ code });
    expect(await count()).toEqual([{ rows: 1 }]);
  });

  it("does not wait for ever", async () => {
    expect(await failureOf(createDatabaseReader(database, 50).query("select pg_sleep(5)"))).toMatchObject({
      code: "57014",
    });
  });

  it("says that the connection broke, and that asking again is safe", async () => {
    const broken = reader().rehearse(({ query }) => query("select pg_terminate_backend(pg_backend_pid())"));
    expect(await failureOf(broken)).toMatchObject({
      code: "BEE-E326",
      exit: 4,
      message: expect.stringMatching(/^The database could not be asked: /),
    });
    expect(await reader().query("select 1 as one")).toEqual([{ one: 1 }]);
  });

  it("rehearses and leaves nothing, however it ends", async () => {
    const seen = await reader().rehearse(async ({ query, attempt }) => {
      await query("insert into kept values ($1)", [2]);
      return [
        await attempt("update kept set id = 9"),
        await attempt("set local role anon; select * from kept -- denied"),
        await attempt("select from kept where id = 9"),
        await query("select count(*)::int as rows from kept"),
      ];
    });
    expect(seen).toEqual([
      { rows: 2 },
      { sqlstate: "42501", message: "permission denied for table kept" },
      { rows: 0 },
      [{ rows: 2 }],
    ]);
    await failureOf(reader().rehearse(({ query }) => query("insert into kept select 1 / 0")));
    expect(await count()).toEqual([{ rows: 1 }]);
  });

  it("does not let an attempt end the rehearsal's transaction", async () => {
    const outcome = await failureOf(
      reader().rehearse(async ({ attempt, query }) => {
        await query("insert into kept values (3)");
        return attempt("insert into kept values (4); commit");
      }),
    );
    expect(String(outcome)).toContain("may not begin or end transactions");
    expect(await count()).toEqual([{ rows: 1 }]);
  });
});
