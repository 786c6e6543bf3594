import { afterAll, beforeAll, describe, it } from "vitest";
import { runFaultMatrix } from "../crash/fault-matrix.ts";
import { chooseSample, expectRecovery } from "../crash/plan.ts";
import { scenarios } from "../crash/scenario.ts";
import { createWorld, type World } from "../crash/world.ts";

/** Whatever API and database do to one request: a defined end, never a false 0, and the repeat repairs it. */
describe("bee struck by faults at any request", () => {
  let world: World;
  beforeAll(async () => {
    world = await createWorld();
  });
  afterAll(() => world.end());

  it.each(scenarios)("$name", { timeout: 3_600_000 }, async (scenario) => {
    const outcome = await runFaultMatrix(world, scenario, chooseSample(1));
    expectRecovery(outcome);
  });
});
