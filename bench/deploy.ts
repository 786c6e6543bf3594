import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { digestContent } from "../tests/support/database-content.ts";
import { type BenchProject, bee, startProject } from "./project.ts";
import { root } from "./root.ts";
import { median, type Result, round } from "./table.ts";
import { time } from "./time.ts";

const rounds = 5;
const functions = ["momentum-score-calculator", "push-notification-triggers"];

/**
 * The plan's phase 1 (20 migrations, 2 functions, secrets, one verify call) on the running local platform: the
 * genuine supabase CLI as the plan writes it, the best shell around the same CLI, and bee with all its gates.
 */
export async function benchDeploy(): Promise<Result> {
  const samples: Record<"plan" | "best" | "bee" | "repeat" | "repeatPlan", number[]> = {
    plan: [],
    best: [],
    bee: [],
    repeat: [],
    repeatPlan: [],
  };
  let writes = 0;
  for (let i = 0; i < rounds; i++) {
    await withProject(async (project) => {
      samples.plan.push(await deployAsPlanned(project));
      samples.repeatPlan.push(await deployAsPlanned(project));
    });
    await withProject(async (project) => samples.best.push(await deployBest(project)));
    await withProject(async (project) => {
      samples.bee.push(await deployWithBee(project));
      const before = await digestContent(project.state.dbUrl);
      samples.repeat.push(await deployWithBee(project));
      if ((await digestContent(project.state.dbUrl)) !== before) writes++;
    });
  }
  const [plan, best, own, repeat] = [samples.plan, samples.best, samples.bee, samples.repeat].map(median) as [
    number,
    number,
    number,
    number,
  ];
  return {
    samples,
    figures: [
      {
        what: "supabase CLI 3.1.0, sequence as the plan writes it",
        measured: round(plan),
        unit: "ms",
        goal: null,
      },
      {
        what: "supabase CLI 3.1.0, best shell (bulk deploy beside secrets)",
        measured: round(best),
        unit: "ms",
        goal: null,
      },
      { what: "bee deploy phase1, all gates", measured: round(own), unit: "ms", goal: null },
      { what: "bee / sequence of the plan", measured: round(own / plan, 3), unit: "×", goal: 0.25 },
      { what: "bee / best shell", measured: round(own / best, 3), unit: "×", goal: 0.5 },
      { what: "bee deploy phase1 again, nothing changed", measured: round(repeat), unit: "ms", goal: null },
      { what: "bee again / sequence of the plan", measured: round(repeat / plan, 3), unit: "×", goal: 0.125 },
      { what: "repeats that wrote anything to the database", measured: writes, unit: "writes", goal: 0 },
    ],
  };
}

async function withProject(work: (project: BenchProject) => Promise<unknown>): Promise<void> {
  const project = await startProject();
  try {
    await work(project);
  } finally {
    await project.end();
  }
}

function deployWithBee({ dir }: BenchProject): Promise<number> {
  return time(process.execPath, [bee, "--json", "--quiet", "deploy", "phase1"], { cwd: dir });
}

async function deployAsPlanned(project: BenchProject): Promise<number> {
  const supabase = cli(project);
  const started = performance.now();
  await supabase("db", "push", "--db-url", project.state.dbUrl, "--include-all");
  for (const name of functions) await supabase("functions", "deploy", name, "--use-api");
  await supabase("secrets", "set", "--env-file", ".env.local");
  await verify(project);
  return performance.now() - started;
}

async function deployBest(project: BenchProject): Promise<number> {
  const supabase = cli(project);
  const started = performance.now();
  await supabase("db", "push", "--db-url", project.state.dbUrl, "--include-all");
  await Promise.all([
    supabase("functions", "deploy", ...functions, "--use-api", "--jobs", "4"),
    supabase("secrets", "set", "--env-file", ".env.local"),
  ]);
  await verify(project);
  return performance.now() - started;
}

function cli({ dir, state }: BenchProject): (...args: string[]) => Promise<number> {
  const home = createRequire(join(root, "package.json")).resolve("@supabase/cli-linux-x64/package.json");
  const program = join(dirname(home), "bin/supabase");
  const env = {
    SUPABASE_PROFILE: state.profile,
    SUPABASE_ACCESS_TOKEN: state.accessToken,
    SUPABASE_PROJECT_ID: state.projectRef,
    SUPABASE_TELEMETRY_DISABLED: "1",
    SUPABASE_NO_UPDATE_NOTIFIER: "1",
    SUPABASE_NO_KEYRING: "1",
    SUPABASE_HOME: join(dir, ".supabase-home"),
    DO_NOT_TRACK: "1",
  };
  return (...args) => time(program, [...args, "--yes", "--agent", "no"], { cwd: dir, env });
}

/** The plan's curl, as a caller who may ask: the service key and a user that does not exist (404). */
async function verify({ state }: BenchProject): Promise<void> {
  const response = await fetch(`${state.url}/functions/v1/momentum-score-calculator`, {
    method: "POST",
    headers: {
      authorization: `Bearer ${state.serviceRoleKey}`,
      apikey: state.serviceRoleKey,
      "content-type": "application/json",
    },
    body: JSON.stringify({ user_id: "00000000-0000-4000-8000-000000000000" }),
  });
  if (response.status !== 404)
    throw new Error(`verify call answered ${response.status}: ${await response.text()}`);
}
