import { afterAll, beforeAll, describe, it } from "vitest";
import { runKillMatrix } from "../crash/kill-matrix.ts";
import { chooseSample, expectRecovery } from "../crash/plan.ts";
import { scenarios } from "../crash/scenario.ts";
import { createWorld, type World } from "../crash/world.ts";

/** `kill -9` at any point, then the same command again, ends in the state of an undisturbed run. */
describe("bee killed at any point", () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.end());

  it.each(scenarios)("$name", { timeout: 3_600_000 }, async (scenario) => {
    const outcome = await runKillMatrix(world, scenario, chooseSample(2));
    expectRecovery(outcome);
  });
});
