import { type ApiFault, apiFaults } from "./api-proxy.ts";
import { type DatabaseFault, databaseFaults } from "./database-proxy.ts";
import { judgeEnd, judgeRepeat, type MatrixOutcome } from "./kill-matrix.ts";
import { type Sample, takeSample } from "./sample.ts";
import { type Attempt, readEnd, type Scenario } from "./scenario.ts";
import type { World } from "./world.ts";

type FaultPoint = { readonly n: number } & (
  | { readonly where: "api"; readonly request: string; readonly fault: ApiFault }
  | { readonly where: "database"; readonly fault: DatabaseFault }
);

/** Ends that say what happened. Never 1 (a bug), 2 (the user's mistake), 8 (not allowed) or none at all. */
const definedEnds: readonly (number | null)[] = [0, 3, 4, 5, 6, 7, 9, 10];

/** So many times shorter is bee's patience, so that a timeout costs a test 1.5 s. */
const shorten = 20;

/** Strikes each request and each database message of the sample, repeats the command, and compares what is left. */
export async function runFaultMatrix(
  world: World,
  scenario: Scenario,
  sample: Sample,
): Promise<MatrixOutcome> {
  const { points, state } = await findPoints(world, scenario);
  const chosen = takeSample(points, sample);
  const failures: string[] = [];
  let hit = 0;
  for (const point of chosen) {
    const attempt = await prepare(world, scenario);
    arm(world, point);
    const started = performance.now();
    const struck = await world.start(attempt.args, { shorten }).ended;
    if (point.n <= (point.where === "api" ? world.apiProxy.seen.length : world.databaseProxy.count()))
      hit += 1;
    arm(world, null);
    const tookMs = Math.round(performance.now() - started);
    const problems = [
      ...(definedEnds.includes(struck.exitCode)
        ? []
        : [
            `ended with ${struck.exitCode ?? struck.signal} after ${tookMs} ms: ${JSON.stringify(struck.report?.error)}`,
          ]),
      ...(struck.exitCode === 0 ? await judgeEnd(world, scenario, attempt, state) : []),
      ...(await judgeRepeat(world, scenario, attempt, state)),
    ];
    if (problems.length > 0) {
      failures.push(`${scenario.name}, ${describe(point)} (exit ${struck.exitCode}): ${problems.join("; ")}`);
      await world.heal();
    }
  }
  return { scenario: `${scenario.name}, faults`, points: points.length, tried: chosen.length, hit, failures };
}

async function findPoints(world: World, scenario: Scenario) {
  const attempt = await prepare(world, scenario);
  arm(world, null);
  const run = await world.start(attempt.args).ended;
  if (run.exitCode !== 0) throw new Error(`undisturbed, yet ended with ${run.exitCode}: ${run.stderr}`);
  const requests = [...world.apiProxy.seen];
  const messages = Array.from({ length: world.databaseProxy.count() }, (_, index) => index + 1);
  const api = requests.flatMap((request, index) =>
    apiFaults
      .filter((fault) => fault !== "false success" || !request.startsWith("GET"))
      .map((fault): FaultPoint => ({ where: "api", n: index + 1, request, fault })),
  );
  const database = messages.flatMap((n) =>
    databaseFaults.map((fault): FaultPoint => ({ where: "database", n, fault })),
  );
  return { points: [...api, ...database], state: await readEnd(world, scenario, attempt) };
}

/** The same command by way of the proxies. */
async function prepare(world: World, scenario: Scenario): Promise<Attempt> {
  const attempt = await scenario.prepare(world);
  return { ...attempt, args: [...attempt.args, "--target", "staging", "--yes"] };
}

function arm(world: World, point: FaultPoint | null): void {
  world.apiProxy.arm(point?.where === "api" ? point : undefined);
  world.databaseProxy.arm(point?.where === "database" ? point : undefined);
}

function describe(point: FaultPoint): string {
  if (point.where === "database") return `${point.fault} at database message ${point.n}`;
  return `${point.fault} at request ${point.n}, ${point.request}`;
}
