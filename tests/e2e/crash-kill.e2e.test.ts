import { afterAll, beforeAll, describe, it } from "vitest";
import { runKillMatrix, runUndisturbed } from "../crash/kill-matrix.ts";
import { chooseSample, expectRecovery } from "../crash/plan.ts";
import { scenarios } from "../crash/scenario.ts";
import { runSignalMatrix } from "../crash/signal-matrix.ts";
import { createWorld, type World } from "../crash/world.ts";

/**
 * `kill -9` at any point, then the same command again, ends in the state of an undisturbed run. Ctrl-C stops at the
 * next safe point, and the same command goes on from there.
 */
describe("bee killed or interrupted at any point", () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.end());

  it.each(scenarios)("$name", { timeout: 3_600_000 }, async (scenario) => {
    const undisturbed = await runUndisturbed(world, scenario);
    expectRecovery(await runKillMatrix(world, scenario, undisturbed, chooseSample(1)));
    expectRecovery(await runSignalMatrix(world, scenario, undisturbed, chooseSample(1)));
  });
});
