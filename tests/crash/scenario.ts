import { countReleases, readTargetState, type TargetState } from "./target-state.ts";
import type { World } from "./world.ts";

/** A command against a target that was made ready for it; each time with content of its own. */
export interface Scenario {
  readonly name: string;
  prepare(world: World): Promise<Attempt>;
}

export interface Attempt {
  readonly args: readonly string[];
  /** The generation that is live after it. */
  readonly generation: number;
  readonly releasesBefore: number;
  /** Releases it records; 1 when absent. */
  readonly records?: number;
}

let generations = 0;

/** An empty target: everything is made for the first time. */
const first: Scenario = {
  name: "first deploy",
  async prepare(world) {
    generations += 1;
    await world.empty();
    await world.write("first", generations);
    return { args: ["deploy", "phase1"], generation: generations, releasesBefore: 0 };
  },
};

/** A target with a release: backup point, two migrations, one function, one secret. */
const next: Scenario = {
  name: "next deploy",
  async prepare(world) {
    if ((await countReleases(world)) === 0) await deployFirst(world);
    generations += 1;
    await world.takeBackNext();
    await world.write("next", generations);
    const releasesBefore = await countReleases(world);
    return { args: ["deploy", "phase1"], generation: generations, releasesBefore };
  },
};

/** Two releases take turns: the one before the last has the other content. */
const rollback: Scenario = {
  name: "rollback functions",
  async prepare(world) {
    rollbackGenerations ??= await deployTwo(world);
    const [one, other] = rollbackGenerations;
    rollbackGenerations = [other, one];
    const releasesBefore = await countReleases(world);
    return {
      args: ["rollback", "functions", "--to", `r${releasesBefore - 1}`],
      generation: one,
      releasesBefore,
    };
  },
};

/** From a deploy with two migrations, a function and a secret back to the release before, of its own choice. */
const whole: Scenario = {
  name: "rollback of everything",
  async prepare(world) {
    if (wholeGeneration == null) {
      await deployFirst(world);
      wholeGeneration = generations;
    }
    await mustSucceed(world, (await next.prepare(world)).args);
    return {
      args: ["rollback"],
      generation: wholeGeneration,
      releasesBefore: await countReleases(world),
      records: 2,
    };
  },
};

/** The generation that the whole target goes back to each time. */
let wholeGeneration: number | null = null;

/** The generation that is not live, then the one that is. */
let rollbackGenerations: readonly [number, number] | null = null;

/** The content of a next deploy, another generation of it, in the other checkout. */
export async function prepareOther(world: World): Promise<Attempt> {
  generations += 1;
  await world.write("next", generations, world.otherDir);
  const args = ["deploy", "phase1", "--target", "staging", "--yes"];
  return { args, generation: generations, releasesBefore: await countReleases(world) };
}

async function deployTwo(world: World): Promise<readonly [number, number]> {
  await deployFirst(world);
  const before = generations;
  generations += 1;
  await world.write("first", generations);
  await mustSucceed(world, ["deploy", "phase1"]);
  return [before, generations];
}

async function deployFirst(world: World): Promise<void> {
  const { args } = await first.prepare(world);
  await mustSucceed(world, args);
}

async function mustSucceed(world: World, args: readonly string[]): Promise<void> {
  const { exitCode, stderr, report } = await world.start(args).ended;
  if (exitCode !== 0)
    throw new Error(
      `bee ${args.join(" ")} ended with ${exitCode}: ${stderr} ${JSON.stringify(report?.error)}`,
    );
}

/** For rollbacks the secrets are those of the newer generation: the platform keeps no old values. */
export async function readEnd(world: World, scenario: Scenario, attempt: Attempt): Promise<TargetState> {
  const state = await readTargetState(world, attempt.generation);
  return scenario === rollback || scenario === whole
    ? { ...state, secrets: {}, release: withoutSecrets(state.release) }
    : state;
}

function withoutSecrets(release: unknown): unknown {
  return release == null ? null : { ...release, secrets: [] };
}

export const scenarios: readonly Scenario[] = [first, next, rollback, whole];
