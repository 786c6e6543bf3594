import { judgeEnd, type MatrixOutcome, runUndisturbed } from "./kill-matrix.ts";
import { type BeeRun, pollUntil } from "./run-bee.ts";
import { type Sample, takeSample } from "./sample.ts";
import { prepareOther, readEnd, type Scenario } from "./scenario.ts";
import { countReleases } from "./target-state.ts";
import type { World } from "./world.ts";

/**
 * Stops the holder of the lock at each point of the sample (SIGSTOP), lets its time run out and another checkout
 * deploy other content, then lets it go on: what is live must stay the other's.
 */
export async function runPauseMatrix(
  world: World,
  scenario: Scenario,
  sample: Sample,
): Promise<MatrixOutcome> {
  const { points } = await runUndisturbed(world, scenario);
  // The first entry of the journal is written behind the lock.
  const held = points.slice(points.indexOf("journal before 1"));
  const chosen = takeSample(held, sample);
  const failures: string[] = [];
  let hit = 0;
  for (const at of chosen) {
    const { wasPaused, problems } = await pauseAt(world, scenario, at);
    if (wasPaused) hit += 1;
    if (problems.length > 0) {
      failures.push(`${scenario.name}, paused at ${at}: ${problems.join("; ")}`);
      await world.heal();
    }
  }
  return { scenario: `${scenario.name}, paused`, points: held.length, tried: chosen.length, hit, failures };
}

interface Pause {
  /** False when it ended without coming by the point. */
  readonly wasPaused: boolean;
  readonly problems: readonly string[];
}

async function pauseAt(world: World, scenario: Scenario, at: string): Promise<Pause> {
  const attempt = await scenario.prepare(world);
  const paused = world.start(attempt.args, { at, signal: "SIGSTOP" });
  const ended = paused.ended.then(() => false);
  const wasPaused = await Promise.race([hasPassed(paused, at).then(() => true), ended]);
  await world.sql("update bee.deploy_lock set expires_at = clock_timestamp()");
  const recorded = (await countReleases(world)) > attempt.releasesBefore;
  const other = await prepareOther(world);
  const second = await world.start(other.args, { cwd: world.otherDir }).ended;
  const wanted = second.exitCode === 0 ? await readEnd(world, scenario, other) : null;
  paused.process.kill("SIGCONT");
  const first = await paused.ended;
  if (wanted == null) {
    const problem = `the other ended with ${second.exitCode}: ${JSON.stringify(second.report?.error)}`;
    return { wasPaused, problems: [problem] };
  }
  // Users whose rows the paused one had locked are removed by itself when it goes on.
  const problems = await judgeEnd(world, scenario, other, { ...wanted, leftovers: [] });
  // Between the question for the lease and the request, and secrets know no version: docs/adr/0005.
  const unfenced = (problem: string): boolean =>
    /^api before/.test(at) && problem.startsWith("state.secrets.");
  const denied = !wasPaused || recorded || first.exitCode !== 0;
  return {
    wasPaused,
    problems: [
      ...problems.filter((problem) => !unfenced(problem)),
      ...(denied ? [] : ["the paused one ended with 0"]),
    ],
  };
}

function hasPassed(run: BeeRun, at: string): Promise<void> {
  return pollUntil(async () => (await run.points()).includes(at));
}
