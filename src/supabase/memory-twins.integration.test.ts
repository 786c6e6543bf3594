import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { migration, openDatabase } from "../../tests/support/target.ts";
import type { NewRelease } from "../plan/release.ts";
import type { DeployLock } from "../ports/deploy-lock.ts";
import { createMemoryDeployLock } from "../ports/memory/deploy-lock.ts";
import { createMemoryMigrationStore } from "../ports/memory/migration-store.ts";
import { createMemoryReleaseLedger } from "../ports/memory/release-ledger.ts";
import type { MigrationStore } from "../ports/migration-store.ts";
import type { ReleaseLedger } from "../ports/release-ledger.ts";
import type { Database } from "./database.ts";
import { createDeployLock } from "./deploy-lock.ts";
import { createMigrationStore } from "./migration-store.ts";
import { createReleaseLedger } from "./release-ledger.ts";

interface World {
  readonly lock: DeployLock;
  readonly ledger: ReleaseLedger;
  readonly migrations: MigrationStore;
  /** Lets the lease that is held run out. */
  expire(): Promise<unknown>;
}

let server: TestPostgres;
let target: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  target = await server.createDatabase();
  database = openDatabase(target.url);
});
afterEach(async () => {
  await database.close();
  await target.drop();
});

function realWorld(): World {
  return {
    lock: createDeployLock(database),
    ledger: createReleaseLedger(database),
    migrations: createMigrationStore(database),
    expire: () => database.query("update bee.deploy_lock set expires_at = clock_timestamp()"),
  };
}

function memoryWorld(): World {
  let now = Date.parse("2026-01-01T00:00:00Z");
  const clock = () => now;
  const lock = createMemoryDeployLock(clock);
  return {
    lock,
    ledger: createMemoryReleaseLedger(lock.isCurrent, clock),
    migrations: createMemoryMigrationStore([], lock.isCurrent),
    async expire() {
      now += 60_001;
    },
  };
}

/** Runs `story` in both worlds; what it tells must be equal. Times differ and are left out. */
async function tellBoth(
  story: (world: World, tell: (fact: unknown) => void) => Promise<void>,
): Promise<unknown> {
  const told = await Promise.all(
    [realWorld(), memoryWorld()].map(async (world) => {
      const facts: unknown[] = [];
      await story(world, (fact) => facts.push(fact));
      return JSON.parse(
        JSON.stringify(facts, (key, value) => (/At$|^heldForMs$/.test(key) ? "time" : value)),
      ) as unknown;
    }),
  );
  expect(told[1]).toEqual(told[0]);
  return told[0];
}

const codeOf = (work: Promise<unknown>) =>
  work.then(
    () => "done",
    (error: { code?: string }) => error.code,
  );

const request = (holder: string) => ({ holder, message: "m", ttlMs: 60_000 });
const bytes = Buffer.from("bundle");
const artifact = {
  slug: "f",
  bytes,
  sha256: createHash("sha256").update(bytes).digest("hex"),
  verifyJwt: true,
};
const release: NewRelease = {
  projectRef: "abcdefghijklmnopqrst",
  phase: "phase1",
  planDigest: "d",
  durationMs: 1,
  actor: "me",
  gitSha: "abc",
  gitDirty: false,
  tools: {},
  migrations: [],
  functions: [],
  secrets: [],
  gates: [],
};

describe("the memory twins answer as the adapters do", () => {
  it("for the lock, from free to taken over, broken and released", async () => {
    const told = await tellBoth(async ({ lock, expire }, tell) => {
      tell(await lock.read());
      const first = await lock.acquire(request("a"));
      tell(first);
      tell(await lock.read());
      const lease = "lease" in first ? first.lease : { token: 0, holder: "" };
      tell(await lock.renew(lease, 60_000));
      await expire();
      tell(await lock.read());
      tell(await lock.renew(lease, 60_000));
      await expire();
      const second = await lock.acquire(request("b"));
      tell("lease" in second && second.lease.token > lease.token);
      tell(await lock.renew(lease, 60_000));
      await lock.release(lease);
      tell((await lock.read())?.holder);
      tell((await lock.breakLock("ops", "why"))?.holder);
      tell(await lock.breakLock("ops", "why"));
      tell(await lock.read());
    });
    expect(told).toEqual([
      null,
      { lease: { token: 1, holder: "a" } },
      expect.objectContaining({ holder: "a", token: 1 }),
      true,
      null,
      true,
      true,
      false,
      "b",
      "b",
      null,
      null,
    ]);
  });

  it("for the ledger and the migrations, before and after the lock is lost", async () => {
    await tellBoth(async ({ lock, ledger, migrations }, tell) => {
      const [one, two] = [
        migration("1", "one", "create table one (id int);"),
        migration("2", "two", "select 1"),
      ];
      tell([
        await ledger.readReleases(3),
        await ledger.readBundle(artifact.sha256),
        await migrations.readHistory(),
      ]);
      tell(await codeOf(ledger.record(release, { token: 1 })));
      const answer = await lock.acquire(request("a"));
      const fence = "lease" in answer ? answer.lease : { token: 0 };
      await ledger.keepBundles([artifact], fence);
      await ledger.keepBundles([artifact], fence);
      tell(Buffer.from((await ledger.readBundle(artifact.sha256)) ?? []).toString());
      await migrations.apply(one, fence);
      await migrations.apply(one, fence);
      tell(await ledger.record(release, fence));
      tell(await ledger.record({ ...release, phase: "phase2" }, fence));
      tell(await ledger.readReleases(1));
      await lock.breakLock("ops", "why");
      tell(await codeOf(migrations.apply(two, fence)));
      tell(
        await codeOf(
          ledger.keepBundles(
            [{ ...artifact, bytes: Buffer.from(""), sha256: createHash("sha256").digest("hex") }],
            fence,
          ),
        ),
      );
      tell(await codeOf(ledger.record(release, fence)));
      tell(await migrations.readHistory());
      tell((await ledger.readReleases(9)).map(({ id }) => id));
    });
  });
});
