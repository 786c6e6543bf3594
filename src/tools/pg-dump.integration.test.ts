import { readdir, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type DumpWorld, startDumpWorld } from "../../tests/support/dump-world.ts";
import { startTestPostgres, type TestPostgres } from "../../tests/support/postgres.ts";
import { findSystemPostgres } from "../../tests/support/system-postgres.ts";
import { failureOf } from "../../tests/support/target.ts";
import { Secret } from "../core/secret.ts";
import type { StepContext } from "../ports/step.ts";
import { databaseDump } from "../steps/database-dump.ts";
import { createDumpKeeper } from "./dump-keeper.ts";
import { createInvocationRunner } from "./invocation.ts";
import { dumpDatabase, findDumpObstacle } from "./pg-dump.ts";

const system = findSystemPostgres();
const { signal } = new AbortController();
let world: DumpWorld;
let dir: string;

/** Needs client programs and a server of the same version, as a distribution has them. */
describe.skipIf(system == null)("dumps by pg_dump", () => {
  const major = system?.major ?? 0;
  const run = createInvocationRunner({ env: process.env });

  beforeAll(async () => {
    world = await startDumpWorld(system?.bin ?? "");
    dir = join(world.dir, "dumps");
    await world.sql(`create table public.notes (id int primary key, title text);
      insert into public.notes select n, 'note' from generate_series(1, 100) n`);
  }, 120_000);
  afterAll(() => world.stop());

  it("are whole, private, and the newest three; what a killed run left is none", async () => {
    const taken = [await world.keeper.take(["public"], signal)];
    await writeFile(join(dir, "2099-01-01T00-00-00.000Z.dump.part"), "half");
    expect(await world.keeper.list()).toEqual(taken);
    for (let n = 0; n < 3; n += 1) taken.push(await world.keeper.take(["public"], signal));
    expect(await world.keeper.list()).toEqual(taken.toReversed().slice(0, 3));
    expect((await readdir(dir)).filter((name) => /\.dump/.test(name)).length).toBe(6);
    const [newest] = await world.keeper.list();
    expect((await stat(dir)).mode & 0o777).toBe(0o700);
    for (const name of await readdir(dir)) expect((await stat(join(dir, name))).mode & 0o777).toBe(0o600);
    expect(await world.reader.read(newest?.file ?? "")).toMatchObject({
      major,
      bytes: newest?.bytes,
      schemas: ["public"],
      foreign: [],
      versions: null,
      attached: [],
    });
  });

  it("are a step of a deploy: demanded ones fail it, others only say why there is none", async () => {
    const notes: string[] = [];
    const { schemas } = await world.keeper.readSource();
    const apply = async (required: boolean, wanted: readonly string[]) => {
      const view = { actual: { dump: { required, schemas: wanted, obstacle: null } } };
      const context = {
        ports: { dumps: world.keeper },
        view,
        signal,
        note: (text: string) => notes.push(text),
      };
      await databaseDump.apply(context as unknown as StepContext);
      return databaseDump.verify(context as unknown as StepContext);
    };
    expect(await apply(true, schemas)).toEqual([]);
    const [newest] = await world.keeper.list();
    expect(notes).toEqual([expect.stringContaining(`dump ${newest?.file} (`)]);
    await world.admin("create schema shut; create table shut.t (id int)");
    expect(await failureOf(apply(true, ["shut"]))).toMatchObject({ code: "BEE-E364" });
    expect(await apply(false, ["shut"])).toEqual([]);
    expect(notes[1]).toContain("no dump: pg_dump failed:");
    expect((await world.keeper.list())[0]).toEqual(newest);
  });

  it("go over TLS that is verified, or not at all, beyond loopback", async () => {
    const address = { host: "127.0.0.1", port: world.server.port, user: "deployer", database: "app" };
    const rootsFile = join(dir, "roots.pem");
    const beyond = { ...address, password: new Secret("deployer-password"), loopback: false, rootsFile };
    const file = join(world.dir, "plain.dump");
    const dumping = (): Promise<unknown> => dumpDatabase({ run, address: beyond, schemas: ["public"], file });
    expect(await failureOf(dumping())).toMatchObject({
      code: "BEE-E364",
      message: expect.stringContaining("server does not support SSL"),
    });
  });

  it("leave nothing when pg_dump fails, and never show the password", async () => {
    const before = await readdir(dir);
    const error = await failureOf(world.keeper.take(["public", "nowhere"], AbortSignal.abort()));
    expect(error).toMatchObject({ code: "BEE-E842" });
    await world.admin("create schema closed; create table closed.t (id int)");
    const refused = await failureOf(world.keeper.take(["closed"], signal));
    expect(refused).toMatchObject({
      code: "BEE-E364",
      message: expect.stringContaining("permission denied for schema closed"),
    });
    expect(JSON.stringify(refused)).not.toContain("deployer-password");
    expect(await readdir(dir)).toEqual(before);
  });

  it("are told apart from what is none, is damaged, or holds what is not the app's", async () => {
    await writeFile(join(world.dir, "text"), "drop table everything;");
    for (const file of ["text", "nothing"]) {
      expect(await failureOf(world.reader.read(join(world.dir, file)))).toMatchObject({
        code: "BEE-E362",
        message: expect.stringContaining("is no dump that can be read"),
      });
    }
    const [newest] = await world.keeper.list();
    const { readFile } = await import("node:fs/promises");
    const cut = join(world.dir, "cut.dump");
    const bytes = await readFile(newest?.file ?? "");
    await writeFile(cut, bytes.subarray(0, bytes.length - 40));
    const there = { major, schemas: ["public"], roles: [], obstacles: [], newer: [] };
    const unpacking = world.reader
      .read(cut)
      .then((header) => world.reader.unpack(header, there, signal, async () => "unpacked"));
    expect(await failureOf(unpacking)).toMatchObject({ code: "BEE-E362" });
    expect((await readdir(dir)).filter((name) => name.startsWith(".unpacked"))).toEqual([]);
    const address = {
      host: "127.0.0.1",
      port: world.server.port,
      user: "postgres",
      password: new Secret(world.server.password),
      database: "app",
      loopback: true,
      rootsFile: "",
    };
    const accounts = join(world.dir, "auth.dump");
    await dumpDatabase({ run, address, schemas: ["public", "auth"], file: accounts });
    expect(await world.reader.read(accounts)).toMatchObject({
      schemas: ["auth", "public"],
      foreign: ["auth"],
    });
    await rm(accounts);
  });

  it("are not attempted of a newer server, or without the program", async () => {
    const embedded: TestPostgres = await startTestPostgres();
    try {
      expect(await findDumpObstacle(run, 17)).toBe(
        `pg_dump here is version ${major}, the server is Postgres 17: it refuses newer servers`,
      );
      const address = { host: "127.0.0.1", port: embedded.port, user: "postgres", database: "postgres" };
      const input = { ...address, password: new Secret(embedded.password), loopback: true, rootsFile: "" };
      const dumping = dumpDatabase({ run, address: input, schemas: ["public"], file: join(dir, "no") });
      expect(await failureOf(dumping)).toMatchObject({
        code: "BEE-E364",
        message: expect.stringContaining("server version mismatch"),
      });
    } finally {
      await embedded.stop();
    }
    const nowhere = createDumpKeeper({
      run: createInvocationRunner({ env: { PATH: world.dir } }),
      address: () => {
        throw new Error("nobody asks");
      },
      roots: async () => [],
      readSource: () => world.keeper.readSource(),
      dir: join(world.dir, "none"),
      now: Date.now,
    });
    expect(await nowhere.findObstacle({ major: 15 })).toBe("pg_dump is not on the PATH");
  });
});
