import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runUndisturbed } from "../crash/kill-matrix.ts";
import { type BeeRun, pollUntil } from "../crash/run-bee.ts";
import { scenarios } from "../crash/scenario.ts";
import { createWorld, type World } from "../crash/world.ts";

/** Two Ctrl-C, or `kill -9`, stop at once. Nothing happens behind bee's back later. */
describe("bee ended in the middle of a migration", () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
    const [firstDeploy] = scenarios;
    if (firstDeploy != null) await runUndisturbed(world, firstDeploy);
  });
  afterAll(() => world.end());

  const slowFile = "supabase/migrations/20250105000000_slow.sql";
  const slow = (seconds: number, table: string): string =>
    `create table public.${table} (id int);
alter table public.${table} enable row level security;
select pg_sleep(${seconds});
`;
  const find = (table: string): string => `select to_regclass('public.${table}') as found`;

  it("leaves no migration that commits later, and the server stops working on it", async () => {
    const run = await startSlow(20, "late");
    run.process.kill("SIGKILL");
    await pollUntil(async () => (await countSleepers()) === 0, 6_000);
    expect(await world.sql(find("late"))).toEqual([{ found: null }]);
    expect(await readVersions()).not.toContain("20250105000000");
  });

  it("goes on at once after kill -9 in a migration: the same command waits for no minute", async () => {
    const run = await startSlow(4, "again");
    run.process.kill("SIGKILL");
    const started = performance.now();
    const again = await world.start(["deploy", "phase1"]).ended;
    expect(again.report?.error).toBeUndefined();
    expect(again.exitCode).toBe(0);
    expect(performance.now() - started).toBeLessThan(25_000);
    expect(await world.sql(find("again"))).toEqual([{ found: "again" }]);
  });

  it("exits at once when it is interrupted twice", async () => {
    const run = await startSlow(20, "twice");
    run.process.kill("SIGINT");
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(run.process.exitCode).toBeNull();
    const started = performance.now();
    run.process.kill("SIGINT");
    expect((await run.ended).exitCode).toBe(130);
    expect(performance.now() - started).toBeLessThan(10_000);
    await pollUntil(async () => (await countSleepers()) === 0, 6_000);
    expect(await world.sql(find("twice"))).toEqual([{ found: null }]);
  });

  /** A deploy in the middle of a migration that takes so many seconds. */
  async function startSlow(seconds: number, table: string): Promise<BeeRun> {
    await world.sql(
      "delete from supabase_migrations.schema_migrations where version >= '20250105000000'; drop table if exists public.late, public.again, public.twice",
    );
    await world.put(slowFile, slow(seconds, table));
    const run = world.start(["deploy", "phase1"]);
    await pollUntil(async () => (await countSleepers()) === 1);
    return run;
  }

  async function countSleepers(): Promise<number> {
    const rows = await world.sql(
      "select pid from pg_stat_activity where application_name = 'bee' and state = 'active' and query like '%pg_sleep%'",
    );
    return rows.length;
  }

  async function readVersions(): Promise<readonly unknown[]> {
    const rows = await world.sql("select version from supabase_migrations.schema_migrations");
    return rows.map((row) => (row as { version: string }).version);
  }
});
