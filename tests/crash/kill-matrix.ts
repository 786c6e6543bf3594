import { compare } from "./compare.ts";
import { type Sample, takeSample } from "./sample.ts";
import { type Attempt, readEnd, type Scenario } from "./scenario.ts";
import { countReleases, type TargetState } from "./target-state.ts";
import type { World } from "./world.ts";

export interface MatrixOutcome {
  readonly scenario: string;
  /** Points there are, how many of them were tried, and to how many of those the run came. */
  readonly points: number;
  readonly tried: number;
  readonly hit: number;
  /** One line per point that did not end as an undisturbed run does. */
  readonly failures: readonly string[];
}

/** An undisturbed run: the points it came by, and what it leaves. */
export interface Undisturbed {
  readonly points: readonly string[];
  readonly state: TargetState;
}

export async function runUndisturbed(world: World, scenario: Scenario): Promise<Undisturbed> {
  const attempt = await scenario.prepare(world);
  const run = await world.start(attempt.args).ended;
  if (run.exitCode !== 0)
    throw new Error(
      `undisturbed, yet ended with ${run.exitCode}: ${run.stderr}${JSON.stringify(run.report?.error)}`,
    );
  return { points: [...new Set(run.points)], state: await readEnd(world, scenario, attempt) };
}

/** Kills bee at each point of the sample, repeats the command, and compares what is left. */
export async function runKillMatrix(
  world: World,
  scenario: Scenario,
  { points, state }: Undisturbed,
  sample: Sample,
): Promise<MatrixOutcome> {
  const chosen = takeSample(points, sample);
  const failures: string[] = [];
  let hit = 0;
  for (const at of chosen) {
    const attempt = await scenario.prepare(world);
    const killed = await world.start(attempt.args, { at }).ended;
    if (killed.signal === "SIGKILL" && killed.points.includes(at)) hit += 1;
    const problems = await judgeRepeat(world, scenario, attempt, state);
    if (problems.length > 0) {
      failures.push(`${scenario.name}, killed at ${at}: ${problems.join("; ")}`);
      await world.heal();
    }
  }
  return { scenario: `${scenario.name}, killed`, points: points.length, tried: chosen.length, hit, failures };
}

/** The same command again, undisturbed: it must reach the state of an undisturbed run. */
export async function judgeRepeat(
  world: World,
  scenario: Scenario,
  attempt: Attempt,
  wanted: TargetState,
): Promise<readonly string[]> {
  const again = await world.start(attempt.args).ended;
  if (again.exitCode !== 0) {
    return [
      `the repeat ended with ${again.exitCode}: ${JSON.stringify(again.report?.error ?? again.report?.summary)} ${JSON.stringify(again.report?.gates?.filter((gate: { verdict: string }) => !/pass|not-app/.test(gate.verdict)) ?? [])}`,
    ];
  }
  return judgeEnd(world, scenario, attempt, wanted);
}

export async function judgeEnd(
  world: World,
  scenario: Scenario,
  attempt: Attempt,
  wanted: TargetState,
): Promise<readonly string[]> {
  const releases = (await countReleases(world)) - attempt.releasesBefore;
  return [
    ...compare(wanted, await readEnd(world, scenario, attempt)),
    ...(releases === (attempt.records ?? 1) ? [] : [`${releases} releases were recorded`]),
  ];
}
