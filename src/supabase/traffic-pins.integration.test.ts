import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { failureOf, openDatabase, takeLock } from "../../tests/support/target.ts";
import type { TrafficPin } from "../plan/traffic.ts";
import type { Lease } from "../ports/deploy-lock.ts";
import { createMemoryTrafficPins } from "../ports/memory/traffic-pins.ts";
import type { Database } from "./database.ts";
import { createTrafficPins } from "./traffic-pins.ts";

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

const pin = (service: string, revision: string): TrafficPin => ({
  service,
  revision,
  before: [
    { revision: null, percent: 100, tag: null },
    { revision: "x", percent: 0, tag: "canary" },
  ],
  pinnedAt: "2026-01-01T00:00:00.000Z",
});

describe("traffic pins", () => {
  it("are none, and nothing is written, where bee never deployed", async () => {
    const fresh = await server.createDatabase();
    const other = openDatabase(fresh.url);
    try {
      expect(await createTrafficPins(other).read()).toEqual([]);
      expect(await other.query("select from pg_namespace where nspname = 'bee'")).toEqual([]);
    } finally {
      await other.close();
      await fresh.drop();
    }
  });

  it("are kept one per service, come back as they were, and go; the twin in memory agrees", async () => {
    for (const pins of [createTrafficPins(database), createMemoryTrafficPins()]) {
      await pins.keep([pin("b", "b-1"), pin("B", "B-1"), pin("a", "a-1")], lease);
      await pins.keep([pin("a", "a-2")], lease);
      await pins.keep([], lease);
      expect(await pins.read()).toEqual([pin("B", "B-1"), pin("a", "a-2"), pin("b", "b-1")]);
      await pins.remove("b", lease);
      await pins.remove("b", lease);
      expect((await pins.read()).map(({ service }) => service)).toEqual(["B", "a"]);
    }
  });

  it("are not written by a holder that lost the lock", async () => {
    const pins = createTrafficPins(database);
    await pins.keep([pin("a", "a-1")], lease);
    const stale = { token: lease.token - 1 };
    expect(await failureOf(pins.keep([pin("a", "a-2")], stale))).toMatchObject({ code: "BEE-E550" });
    expect(await failureOf(pins.remove("a", stale))).toMatchObject({ code: "BEE-E550" });
    expect(await pins.read()).toEqual([pin("a", "a-1")]);
  });

  it("are not guessed when somebody changed them", async () => {
    await createTrafficPins(database).keep([pin("a", "a-1")], lease);
    await database.query("update bee.traffic_pins set pin = pin - 'revision'");
    expect(await failureOf(createTrafficPins(database).read())).toMatchObject({
      code: "BEE-E850",
      message: "The traffic pin of a cannot be read",
    });
  });

  it("cannot be reached through the API", async () => {
    const [row] = await database.query<{ hidden: boolean }>(
      "select relrowsecurity as hidden from pg_class where oid = 'bee.traffic_pins'::regclass",
    );
    expect(row?.hidden).toBe(true);
  });
});
