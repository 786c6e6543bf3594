import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { readdirSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createReleaseLedger } from "../../src/supabase/release-ledger.ts";
import { collect } from "../support/bee.ts";
import { type DumpWorld, startDumpWorld } from "../support/dump-world.ts";
import { createSmallProject, ownNotes, type SmallProject } from "../support/small-project.ts";
import { findSystemPostgres } from "../support/system-postgres.ts";
import { takeLock } from "../support/target.ts";

const system = findSystemPostgres();
const staging = ["--target", "staging", "--yes"];
let project: SmallProject;

beforeAll(async () => {
  project = await createSmallProject();
  await project.put("supabase/migrations/20250101000000_notes.sql", ownNotes);
});
afterAll(() => project.end());

const configure = async (dumps: string): Promise<void> => {
  const config = await readFile(join(project.dir, "bee.config.yaml"), "utf8");
  await project.put("bee.config.yaml", config.replace(/^(dumps: .*\n)?probe:/m, `${dumps}probe:`));
};

/** The embedded server is newer than what distributions install. */
describe.skipIf(system == null || system.major >= 17)("deploying where pg_dump is too old", () => {
  const obstacle = `pg_dump here is version ${system?.major}, the server is Postgres 17: it refuses newer servers`;

  it("goes on with a note, or refuses before anything is changed when a dump is demanded", async () => {
    expect((await project.json("deploy", "phase1", ...staging)).exitCode).toBe(0);
    await project.put(
      "supabase/migrations/20250102000000_mood.sql",
      "alter table public.notes add column mood text;\n",
    );
    await configure("dumps: { take: always }\n");
    const before = await project.sql("select (select count(*) from bee.audit)::int as audit");
    for (const command of [
      ["deploy", "phase1", ...staging],
      ["deploy", "phase1"],
    ]) {
      expect(await project.json(...command)).toMatchObject({
        exitCode: 3,
        error: { code: "BEE-E368", message: `No dump can be taken before the migrations: ${obstacle}` },
      });
    }
    expect(await project.sql("select (select count(*) from bee.audit)::int as audit")).toEqual(before);
    await configure("");
    const { exitCode, stdout, stderr } = await project.bee("deploy", "phase1", ...staging);
    expect(exitCode).toBe(0);
    expect((stdout + stderr).split(`no dump is taken before the migrations: ${obstacle}`).length).toBe(2);
    expect(readdirSync(join(project.dir, ".bee"))).not.toContain("dumps");
  });
});

describe.skipIf(system == null)("bee rollback database --from-dump", () => {
  let world: DumpWorld;
  let env: Record<string, string>;
  const rollback = ["--json", "rollback", "database", "--from-dump"];
  const [ana, ben] = [randomUUID(), randomUUID()];

  const start = (...args: string[]): ChildProcess => project.startWith(env, ...args);
  // biome-ignore lint/suspicious/noExplicitAny: the parsed document of --json
  const json = async (...args: string[]): Promise<any> =>
    JSON.parse((await collect(start(...rollback, ...args, ...staging))).stdout);
  const titles = async () =>
    (await world.sql("select title from public.notes order by title")).map(({ title }) => title);

  beforeAll(async () => {
    world = await startDumpWorld(system?.bin ?? "");
    env = { BEE_STAGING_DB_URL: world.url };
    await world.sql(`${ownNotes.replaceAll("select auth.uid()", "auth.uid()")}
      create schema supabase_migrations;
      create table supabase_migrations.schema_migrations (version text primary key, statements text[], name text);
      insert into supabase_migrations.schema_migrations values ('20250101000000', null, 'notes');
      insert into auth.users values ('${ana}', 'a'), ('${ben}', 'b');
      insert into public.notes (user_id, title) values ('${ana}', 'one'), ('${ben}', 'two')`);
    const lease = await takeLock(world.database);
    const record = {
      projectRef: project.platform.state.projectRef,
      gitSha: null,
      gitDirty: false,
      phase: "phase1",
    };
    await createReleaseLedger(world.database).record(
      {
        ...record,
        ...{
          planDigest: "a",
          durationMs: 1,
          actor: "test",
          tools: {},
          functions: [],
          secrets: [],
          gates: [],
        },
        migrations: [{ version: "20250101000000", sha256: "b".repeat(64) }],
      },
      lease,
    );
    await world.sql("delete from bee.deploy_lock");
  });
  afterAll(() => world.stop());

  it("says when there is no dump, and needs the loss named", async () => {
    expect(await json("latest", "--lose", "writes")).toMatchObject({
      exitCode: 3,
      error: { code: "BEE-E357", message: "There is no dump of staging in this checkout" },
    });
    const keeper = world.keepIn(join(project.dir, ".bee/dumps/staging"));
    await keeper.take((await keeper.readSource()).schemas, new AbortController().signal);
    await world.sql(`alter table public.notes add column mood text; drop policy notes_own on public.notes;
      update public.notes set title = 'wrong'; insert into public.notes (user_id, title) values ('${ana}', 'new'), ('${ana}', 'newer');
      insert into supabase_migrations.schema_migrations values ('20250102000000', null, 'mood')`);
    const refused = await json("latest");
    expect(refused.exitCode).toBe(3);
    expect(refused.text ?? refused.summary).toContain("nothing was changed");
    const check = await json("latest", "--lose", "writes", "--check");
    expect(check).toMatchObject({
      exitCode: 0,
      schemas: ["public", "supabase_migrations"],
      versions: ["20250101000000"],
      basis: "assumed",
    });
    expect(check.rpoMs).toBeGreaterThan(0);
    for (const wrong of [["--restore"], ["--to", "r1"], ["--cross", "1"]]) {
      expect((await json("latest", "--lose", "writes", ...wrong)).error.code).toBe("BEE-E105");
    }
    await project.put("text.dump", "drop table everything;");
    expect((await json("text.dump", "--lose", "writes")).error.code).toBe("BEE-E362");
    expect(await titles()).toEqual(["new", "newer", "wrong", "wrong"]);
  });

  it("changes nothing when it is killed in the middle, and ends when it is run again", async () => {
    const [file] = readdirSync(join(project.dir, ".bee/dumps/staging")).filter((name) =>
      name.endsWith(".dump"),
    );
    const path = join(".bee/dumps/staging", file ?? "");
    // Whoever reads a row keeps the restore waiting in its transaction.
    const reading = world.database.withSession(async (session) => {
      await session.query("begin; select from public.notes");
      const child = start(...rollback, path, "--lose", "writes", ...staging);
      const ended = new Promise((resolve) => child.on("close", resolve));
      const waiting =
        "select from pg_stat_activity where application_name = 'bee' and wait_event_type = 'Lock'";
      for (const until = Date.now() + 60_000; Date.now() < until; await sleep(20)) {
        if ((await world.admin(waiting)).length > 0) break;
      }
      expect((await world.admin(waiting)).length).toBe(1);
      child.kill("SIGKILL");
      await ended;
      await session.query("rollback");
    });
    await reading;
    for (const until = Date.now() + 30_000; Date.now() < until; await sleep(50)) {
      const left = await world.admin("select from pg_stat_activity where application_name = 'bee'");
      if (left.length === 0) break;
    }
    expect(await titles()).toEqual(["new", "newer", "wrong", "wrong"]);
    const report = await json("latest", "--lose", "writes");
    expect(report.error).toBe(undefined);
    expect(report).toMatchObject({
      exitCode: 0,
      versions: ["20250101000000"],
      leftOut: [],
      release: "r2",
    });
    expect(report.rows).toContainEqual({
      table: "public.notes",
      kept: 2,
      lost: 2,
      restored: 0,
      why: [expect.stringMatching(/^2 more written than deleted since /)],
    });
    expect(await titles()).toEqual(["one", "two"]);
    expect(await world.sql("select polname from pg_policy")).toEqual([{ polname: "notes_own" }]);
    expect(
      readdirSync(join(project.dir, ".bee/dumps/staging")).filter((name) => name.startsWith(".unpacked")),
    ).toEqual([]);
    expect(
      await world.sql(
        "select release ->> 'phase' as phase, release ->> 'restores' as restores from bee.releases order by number desc limit 1",
      ),
    ).toEqual([{ phase: "rollback database", restores: "r1" }]);
    expect(await json("latest", "--lose", "writes", "--check")).toMatchObject({ basis: "measured" });
  });

  it("changes nothing when accounts of its rows are gone", async () => {
    await world.sql(`delete from auth.users where id = '${ben}'`);
    expect(await json("latest", "--lose", "writes")).toMatchObject({
      exitCode: 3,
      error: { code: "BEE-E367", detail: expect.stringContaining(`Key (user_id)=(${ben})`) },
    });
    expect(await titles()).toEqual(["one"]);
  });
});
