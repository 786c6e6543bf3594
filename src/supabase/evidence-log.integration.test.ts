import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { failureOf, openDatabase } from "../../tests/support/target.ts";
import type { EvidenceLog } from "../ports/evidence-log.ts";
import { createMemoryEvidenceLog } from "../ports/memory/evidence-log.ts";
import type { Database } from "./database.ts";
import { createEvidenceLog } from "./evidence-log.ts";

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

const made: Readonly<Record<string, () => EvidenceLog>> = {
  memory: () => createMemoryEvidenceLog(),
  target: () => createEvidenceLog(database),
};

describe.each(Object.entries(made))("evidence in %s", (_name, create) => {
  it("is empty and whole before the first record", async () => {
    const log = create();
    expect(await log.read(["verify"], 5)).toEqual([]);
    expect(await log.check()).toEqual({ records: 0, broken: null });
  });

  it("links each record to the one before and answers the newest first", async () => {
    const log = create();
    const first = await log.append("verify", "me@here", { ok: true });
    const second = await log.append("drill", "me@here", { minutes: 0.5, note: "größer \u2028 ' \\" });
    expect([first.seq, first.prior, second.seq, second.prior]).toEqual([1, null, 2, first.sha256]);
    expect(await log.read(["verify", "drill"], 5)).toEqual([second, first]);
    expect(await log.read(["verify"], 5)).toEqual([first]);
    expect(await log.check()).toEqual({ records: 2, broken: null });
  });
});

describe("evidence that somebody changed", () => {
  it("is found at the record that was changed, taken out or hashed anew", async () => {
    const log = createEvidenceLog(database);
    for (const minutes of [1, 2, 3]) await log.append("drill", "me@here", { minutes });
    await database.query("update bee.evidence set entry = replace(entry, '2', '0') where seq = 2");
    expect((await log.check()).broken).toEqual({
      seq: 2,
      why: "its text is not what its digest was taken of",
    });
    expect(await failureOf(log.read(["drill"], 5))).toMatchObject({ code: "BEE-E556" });
    await database.query(
      "update bee.evidence set sha256 = encode(sha256(convert_to(entry, 'UTF8')), 'hex') where seq = 2",
    );
    expect((await log.check()).broken).toMatchObject({ seq: 2 });
    await database.query("delete from bee.evidence where seq = 2");
    expect((await log.check()).broken).toEqual({ seq: 2, why: "the record is missing" });
  });

  it("keeps one chain when ten write at once", async () => {
    const logs = Array.from({ length: 10 }, () => createEvidenceLog(database));
    await Promise.all(logs.map((log, index) => log.append("verify", `a${index}`, {})));
    expect(await logs[0]?.check()).toEqual({ records: 10, broken: null });
  });

  it("cannot be read by the API's roles", async () => {
    await createEvidenceLog(database).append("verify", "me@here", {});
    await database.withSession(async (session) => {
      await session.query("begin; set local role service_role");
      await expect(session.query("select from bee.evidence")).rejects.toThrow(/permission denied/);
      await session.query("rollback");
    });
  });
});
