import { judgeEnd, judgeRepeat, type MatrixOutcome, type Undisturbed } from "./kill-matrix.ts";
import { type Sample, takeSample } from "./sample.ts";
import type { Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

/**
 * Ctrl-C at each point of the sample: exit 130 (or 0, when all that was left to do was to record), the state said, the
 * lock given back; then the same command again.
 */
export async function runSignalMatrix(
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
    const run = await world.start(attempt.args, { at, signal: "SIGINT" }).ended;
    if (run.points.includes(at)) hit += 1;
    const said = String(run.report?.summary ?? run.report?.error?.message ?? "");
    const problems = [
      ...(run.exitCode === 130 || run.exitCode === 0 ? [] : [`ended with ${run.exitCode}: ${said}`]),
      ...(run.exitCode === 0 ? await judgeEnd(world, scenario, attempt, state) : []),
      ...(said === "" ? ["did not say what the state is"] : []),
      ...(await readLock(world)),
      ...(await judgeRepeat(world, scenario, attempt, state)),
    ];
    if (problems.length > 0) {
      failures.push(`${scenario.name}, Ctrl-C at ${at}: ${problems.join("; ")}`);
      await world.heal();
    }
  }
  return { scenario: `${scenario.name}, Ctrl-C`, points: points.length, tried: chosen.length, hit, failures };
}

async function readLock(world: World): Promise<readonly string[]> {
  const held = await world.sql("select holder from bee.deploy_lock").catch(() => []);
  return held.map((row) => `the lock is held: ${JSON.stringify(row)}`);
}
