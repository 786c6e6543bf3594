import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { runPauseMatrix } from "../crash/pause-matrix.ts";
import { chooseSample, expectRecovery } from "../crash/plan.ts";
import { prepareOther, scenarios } from "../crash/scenario.ts";
import { createWorld, type World } from "../crash/world.ts";

const slowFile = "supabase/migrations/20250105000000_slow.sql";

/** One target, several who deploy: two processes, two checkouts, and one who slept past its time. */
describe("the deploy lock", () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.end());

  it("lets exactly one of two checkouts proceed; the other names holder, message and age", async () => {
    const [first] = scenarios;
    const attempt = await first?.prepare(world);
    const other = await prepareOther(world);
    for (const checkout of [world.dir, world.otherDir])
      await world.put(slowFile, "select pg_sleep(6);\n", checkout);
    const runs = await Promise.all([
      world.start(attempt?.args ?? []).ended,
      world.start(other.args, { cwd: world.otherDir }).ended,
    ]);
    for (const checkout of [world.dir, world.otherDir]) await rm(join(checkout, slowFile));
    const refused = runs.find(({ exitCode }) => exitCode === 5);
    expect(runs.map(({ exitCode }) => exitCode).sort()).toEqual([0, 5]);
    expect(refused?.report.error.message).toMatch(
      /^The target is locked by \S+@\S+ pid \d+: bee deploy phase1$/,
    );
    expect(refused?.report.error.detail).toMatch(/^held for \d+ s, last heartbeat .*; nothing was changed$/);
  });

  it("keeps a holder that slept past its time from writing", { timeout: 3_600_000 }, async () => {
    await world.empty();
    const next = scenarios.find(({ name }) => name === "next deploy");
    if (next == null) throw new Error("no such scenario");
    const outcome = await runPauseMatrix(world, next, chooseSample(1));
    expectRecovery(outcome);
  });
});
