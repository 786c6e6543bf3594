import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DatabaseFault, startDatabaseProxy } from "../../tests/crash/database-proxy.ts";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { failureOf } from "../../tests/support/target.ts";
import { Secret } from "../core/secret.ts";
import { ensureBeeSchema } from "./bee-schema.ts";
import { connectDatabase } from "./database.ts";

let server: TestPostgres;
let target: TestDatabase;
beforeAll(async () => {
  server = await startTestPostgres();
  target = await server.createDatabase();
});
afterAll(async () => {
  await target.drop();
  await server.stop();
});

const silenceMs = 300;

describe("a database that goes away", () => {
  it("is not taken for one whose role may not make schema bee", async () => {
    const fresh = await server.createDatabase();
    const proxy = await startDatabaseProxy(Number(new URL(fresh.url).port));
    const url = new URL(fresh.url);
    url.port = String(proxy.port);
    const database = connectDatabase({ url: new Secret(url.href) });
    await database.query("select 1");
    proxy.arm({ n: 2, fault: "gone" });
    expect(await failureOf(ensureBeeSchema(database))).toMatchObject({ code: "BEE-E326", exit: 4 });
    await database.close();
    await proxy.close();
    await fresh.drop();
  });
});

describe("a session whose server says nothing", () => {
  it("is left alone as long as the server is at work, or nothing is asked", async () => {
    const database = connectDatabase({ url: new Secret(target.url), silenceMs });
    expect(await database.query("select 1 as one from pg_sleep(1.5)")).toEqual([{ one: 1 }]);
    const idle = await database.withSession(async (session) => {
      await session.query("begin");
      await new Promise((resolve) => setTimeout(resolve, 3 * silenceMs));
      const { rows } = await session.query("select 2 as two");
      await session.query("rollback");
      return rows;
    });
    expect(idle).toEqual([{ two: 2 }]);
    await database.close();
  });

  it.each<DatabaseFault>(["timeout", "timeout late"])(
    "is given up when the connection swallows everything (%s), and closing does not wait for it",
    async (fault) => {
      const proxy = await startDatabaseProxy(Number(new URL(target.url).port));
      const url = new URL(target.url);
      url.port = String(proxy.port);
      const database = connectDatabase({ url: new Secret(url.href), silenceMs, connectTimeoutMs: 500 });
      await database.query("select 1");
      proxy.arm({ n: 1, fault });
      expect(await failureOf(database.query("select 2"))).toMatchObject({
        message: expect.stringMatching(/fell silent|terminated unexpectedly/),
      });
      expect(await database.query("select 3 as three")).toEqual([{ three: 3 }]);
      await database.close();
      await proxy.close();
    },
  );
});
