import { execFileSync } from "node:child_process";
import { existsSync, mkdtempSync, readdirSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { BackupHooks } from "../management/deps.ts";
import { openChildRecord } from "../process/leftovers.ts";
import { createLocalBackups } from "./backups.ts";
import { withClient } from "./connect.ts";
import { type LocalDatabase, openDatabase } from "./database.ts";

let dir: string;
let dataDir: string;
let database: LocalDatabase;
let backups: BackupHooks;
let failSwap = false;

beforeAll(async () => {
  dir = mkdtempSync(join(tmpdir(), "bee-backups-"));
  dataDir = join(dir, "data");
  database = await openDatabase({
    dataDir,
    password: "test-password-of-backups",
    children: openChildRecord(join(dir, "children.json")),
    log: () => {},
    onProgress: () => {},
    onRestarted: () => {},
  });
  backups = createLocalBackups({
    dir: join(dir, "backups"),
    dataDir,
    adminUrl: database.url("supabase_admin"),
    whileStopped: async (swap) => {
      await database.server.pause();
      await swap();
      if (failSwap) {
        failSwap = false;
        throw new Error("the copy does not start");
      }
      await database.server.resume();
    },
  });
  await run("create table notes (id int primary key)");
});

afterAll(async () => {
  await database.server.pause();
  rmSync(dir, { recursive: true, force: true });
});

async function run(sql: string): Promise<readonly Record<string, unknown>[]> {
  return withClient(
    database.url("postgres"),
    async (client) => (await client.query(sql)).rows as Record<string, unknown>[],
  );
}

const readIds = async () => (await run("select id from notes order by id")).map(({ id }) => id);

describe("physical backups", () => {
  it("put the database back to the moment they were taken", async () => {
    await run("insert into notes values (1), (2)");
    const taken = await backups.create("before the mistake");
    expect(taken).toMatchObject({ id: 1, name: "before the mistake", takenAt: expect.stringMatching(/Z$/) });
    await run("delete from notes; insert into notes values (9); create table other (id int)");
    await backups.restore(1);
    expect(await readIds()).toEqual([1, 2]);
    expect(await run("select to_regclass('other') as other")).toEqual([{ other: null }]);
    expect(readdirSync(dir).sort()).toEqual(["backups", "children.json", "data"]);
  });

  it("are whole when taken under writes, and hold all that was committed before", async () => {
    await run("truncate notes");
    let writing = true;
    let committed = 0;
    const writer = withClient(database.url("postgres"), async (client) => {
      while (writing) await client.query("insert into notes values ($1)", [++committed]);
    });
    await expect.poll(() => committed).toBeGreaterThan(20);
    const before = committed - 1;
    const { id } = await backups.create("under load");
    writing = false;
    await writer;
    await backups.restore(id);
    const ids = await readIds();
    expect(ids).toEqual(ids.map((_, index) => index + 1));
    expect(ids.length).toBeGreaterThanOrEqual(before);
    expect(ids.length).toBeLessThanOrEqual(committed);
  });

  it("leave the database as it is when there is no such backup", async () => {
    const ids = await readIds();
    await expect(backups.restore(77)).rejects.toMatchObject({
      code: "BEE-E410",
      detail: expect.stringContaining("under load"),
    });
    expect(await readIds()).toEqual(ids);
  });

  it("bring the old database back when the copy does not start", async () => {
    await run("insert into notes values (5000)");
    failSwap = true;
    await expect(backups.restore(1)).rejects.toThrow("the copy does not start");
    expect(await readIds()).toContain(5000);
    expect(existsSync(`${dataDir}.before-restore`)).toBe(false);
  });

  it("keep the newest five", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) await backups.create(name);
    expect((await backups.list()).map(({ name }) => name)).toEqual(["e", "d", "c", "b", "a"]);
  });

  it("are not restored into another major version of Postgres", async () => {
    const { id } = await backups.create("older");
    const copy = join(dir, "backups", String(id));
    writeFileSync(join(copy, "PG_VERSION"), "16\n");
    execFileSync("tar", ["--delete", "-f", join(copy, "data.tar"), "PG_VERSION"]);
    execFileSync("tar", ["-rf", join(copy, "data.tar"), "-C", copy, "PG_VERSION"]);
    const ids = await readIds();
    await expect(backups.restore(id)).rejects.toMatchObject({
      code: "BEE-E361",
      message: `backup ${id} is of Postgres 16 and cannot be restored into Postgres 17`,
    });
    expect(await readIds()).toEqual(ids);
    expect(existsSync(`${dataDir}.new`)).toBe(false);
  });
});
