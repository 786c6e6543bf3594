import { createHash } from "node:crypto";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { failureOf, openDatabase, takeLock } from "../../tests/support/target.ts";
import type { FunctionArtifact } from "../plan/deployed-function.ts";
import type { NewRelease } from "../plan/release.ts";
import type { Lease } from "../ports/deploy-lock.ts";
import type { Database } from "./database.ts";
import { createDeployLock } from "./deploy-lock.ts";
import { createReleaseLedger } from "./release-ledger.ts";

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

function artifact(slug: string, bytes: Uint8Array): FunctionArtifact {
  return { slug, bytes, sha256: createHash("sha256").update(bytes).digest("hex"), verifyJwt: true };
}

const every = artifact(
  "a",
  Uint8Array.from({ length: 256 }, (_, byte) => byte),
);
const text = artifact("b", Buffer.from("export default 1;\0'\\"));

const release: NewRelease = {
  projectRef: "abcdefghijklmnopqrst",
  phase: "phase1",
  planDigest: every.sha256,
  durationMs: 12,
  actor: "me@here",
  gitSha: null,
  gitDirty: true,
  tools: { bee: "0.1.0" },
  migrations: [{ version: "1", sha256: every.sha256 }],
  functions: [{ slug: "a", bundleSha256: every.sha256, hostSha256: null, version: 3, verifyJwt: true }],
  secrets: [{ name: "X", sha256: text.sha256 }],
  gates: [{ id: "g", verdict: "pass" }],
};

describe("the release ledger", () => {
  it("is empty, and stays unwritten, where bee never deployed", async () => {
    const fresh = await server.createDatabase();
    const other = openDatabase(fresh.url);
    const ledger = createReleaseLedger(other);
    expect(await ledger.readReleases(5)).toEqual([]);
    expect(await ledger.readBundle(every.sha256)).toBeNull();
    expect(await failureOf(ledger.record(release, lease))).toMatchObject({ code: "BEE-E550" });
    expect(await failureOf(ledger.keepBundles([every], lease))).toMatchObject({ code: "BEE-E550" });
    expect(await other.query("select from pg_namespace where nspname = 'bee'")).toEqual([]);
    await other.close();
    await fresh.drop();
  });

  it("gives back the exact bytes it kept, and keeps the same bytes once", async () => {
    const ledger = createReleaseLedger(database);
    await ledger.keepBundles([every, text], lease);
    await ledger.keepBundles([text, every], lease);
    expect(Buffer.from((await ledger.readBundle(every.sha256)) ?? []).equals(Buffer.from(every.bytes))).toBe(
      true,
    );
    expect(Buffer.from((await ledger.readBundle(text.sha256)) ?? []).equals(Buffer.from(text.bytes))).toBe(
      true,
    );
    expect(await ledger.readBundle("0".repeat(64))).toBeNull();
    expect(await database.query("select slug from bee.bundles order by 1")).toEqual([
      { slug: "a" },
      { slug: "b" },
    ]);
  });

  it("numbers releases and reads them back newest first", async () => {
    const ledger = createReleaseLedger(database);
    const first = await ledger.record(release, lease);
    const second = await ledger.record({ ...release, gitSha: "abc" }, lease);
    expect([first.id, second.id]).toEqual(["r1", "r2"]);
    expect(await ledger.readReleases(5)).toEqual([second, first]);
    expect(await ledger.readReleases(1)).toEqual([second]);
  });

  it("does not hand out a bundle that was tampered with", async () => {
    const ledger = createReleaseLedger(database);
    await ledger.keepBundles([every], lease);
    await database.query("update bee.bundles set bytes = set_byte(bytes, 0, 1)");
    expect(await failureOf(ledger.readBundle(every.sha256))).toMatchObject({ code: "BEE-E554", exit: 3 });
  });

  it("does not keep bytes under another digest", async () => {
    const wrong = { ...every, sha256: text.sha256 };
    expect(await failureOf(createReleaseLedger(database).keepBundles([wrong], lease))).toMatchObject({
      code: "BEE-E554",
    });
  });

  it("says which release cannot be read", async () => {
    const ledger = createReleaseLedger(database);
    await ledger.record(release, lease);
    await database.query("update bee.releases set release = release - 'phase'");
    const error = await failureOf(ledger.readReleases(5));
    expect(error).toMatchObject({
      code: "BEE-E553",
      message: expect.stringContaining("r1"),
      detail: expect.stringContaining("phase"),
    });
  });

  it("writes nothing with a lock that was taken over", async () => {
    const ledger = createReleaseLedger(database);
    await createDeployLock(database).breakLock("ops", "test");
    await takeLock(database, "other");
    expect(await failureOf(ledger.record(release, lease))).toMatchObject({ code: "BEE-E550", exit: 5 });
    expect(await failureOf(ledger.keepBundles([every], lease))).toMatchObject({ code: "BEE-E550" });
    expect(
      await database.query(
        "select (select count(*)::int from bee.releases) r, (select count(*)::int from bee.bundles) b",
      ),
    ).toEqual([{ r: 0, b: 0 }]);
  });

  it("keeps the last 20 releases with their bundles, and sweeps what only older ones used", async () => {
    const ledger = createReleaseLedger(database);
    const bundles = Array.from({ length: 22 }, (_, index) => artifact("a", Buffer.from(`bundle ${index}`)));
    for (const bundle of bundles) {
      await ledger.keepBundles([bundle], lease);
      const functions = [
        { slug: "a", bundleSha256: bundle.sha256, hostSha256: null, version: 1, verifyJwt: true },
      ];
      await ledger.record({ ...release, functions }, lease);
    }
    const kept = await ledger.readReleases(100);
    expect(kept.map(({ id }) => id)).toEqual(Array.from({ length: 20 }, (_, index) => `r${22 - index}`));
    const found = await Promise.all(bundles.map(({ sha256 }) => ledger.readBundle(sha256)));
    expect(found.map((bytes) => bytes != null)).toEqual(bundles.map((_, index) => index >= 2));
  });
});
