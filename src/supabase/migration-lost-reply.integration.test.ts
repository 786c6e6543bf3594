import { type AddressInfo, connect, createServer, type Server, type Socket } from "node:net";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { failureOf, migration, openDatabase, takeLock } from "../../tests/support/target.ts";
import type { Lease } from "../ports/deploy-lock.ts";
import type { Database } from "./database.ts";
import { createMigrationStore } from "./migration-store.ts";

let server: TestPostgres;
let target: TestDatabase;
let direct: Database;
let through: Database;
let lease: Lease;
let proxy: Server;
let onCommit: (toServer: Socket, message: Buffer, toClient: Socket) => void;
let down: boolean;
let passed: Socket[];

/** Between bee and the server: decides what becomes of the message that commits. */
beforeAll(async () => {
  server = await startTestPostgres();
  proxy = createServer((toClient) => {
    if (down) {
      toClient.destroy();
      return;
    }
    const toServer = connect(server.port, "127.0.0.1");
    passed.push(toClient, toServer);
    for (const socket of [toClient, toServer]) socket.on("error", () => {});
    toServer.pipe(toClient);
    toClient.on("data", (message) => {
      if (message.includes("; commit; reset")) onCommit(toServer, message, toClient);
      else toServer.write(message);
    });
    toClient.on("close", () => {
      if (!toServer.destroyed) toServer.end();
    });
  });
  await new Promise<void>((resolve) => proxy.listen(0, "127.0.0.1", resolve));
});
afterAll(async () => {
  proxy.close();
  await server.stop();
});
beforeEach(async () => {
  passed = [];
  down = false;
  target = await server.createDatabase();
  direct = openDatabase(target.url);
  const url = new URL(target.url);
  url.port = String((proxy.address() as AddressInfo).port);
  through = openDatabase(url.href);
  lease = await takeLock(direct);
});
afterEach(async () => {
  await through.close();
  for (const socket of passed) socket.destroy();
  await direct.close();
  await target.drop();
});

const file = migration("1", "a", "create table a (id int);");
const applyThrough = () => createMigrationStore(through).apply(file, lease);
const left = async () => ({
  tables: (await direct.query("select from pg_class where relname = 'a'")).length,
  history: (await createMigrationStore(direct).readHistory()).length,
});

describe("a connection that breaks at COMMIT", () => {
  it("is no failure when the server committed", async () => {
    onCommit = (toServer, message, toClient) => {
      toServer.unpipe(toClient);
      toServer.once("data", () => toClient.destroy()).resume();
      toServer.write(message);
    };
    await applyThrough();
    expect(await left()).toEqual({ tables: 1, history: 1 });
  });

  it("is a failure that left nothing when the server never heard of it", async () => {
    onCommit = (_toServer, _message, toClient) => toClient.destroy();
    expect(await failureOf(applyThrough())).toMatchObject({ code: "BEE-E304", exit: 9 });
    expect(await left()).toEqual({ tables: 0, history: 0 });
  });

  it("is not judged before the server has made up its mind", async () => {
    onCommit = (toServer, message, toClient) => {
      toServer.unpipe(toClient);
      toClient.removeAllListeners("close");
      toClient.destroy();
      const waiting =
        "select from pg_stat_activity where wait_event_type = 'Lock' and query like '%insert into supabase_migrations%'";
      const late = async (): Promise<void> => {
        while ((await direct.query(waiting)).length === 0);
        toServer.write(message);
      };
      late().catch(() => toServer.destroy());
    };
    await applyThrough();
    expect(await left()).toEqual({ tables: 1, history: 1 });
  });

  it("is said to be open when the database does not answer any more", async () => {
    onCommit = (_toServer, _message, toClient) => {
      down = true;
      toClient.destroy();
    };
    expect(await failureOf(applyThrough())).toMatchObject({ code: "BEE-E306", exit: 7 });
  });
});
