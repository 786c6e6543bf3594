import { mkdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { type BenchProject, bee, startProject } from "./project.ts";
import { median, type Result, round } from "./table.ts";
import { time } from "./time.ts";

const rounds = 7;
const limitedRounds = 5;
const bundled = ["momentum-score-calculator", "push-notification-triggers"];
const extra = Array.from({ length: 8 }, (_, index) => `extra-${index + 1}`);

/**
 * `bee rollback functions --to` between two releases in which all ten functions differ, as a person waits for it: the
 * whole process, with smoke test and reading back. Then the same with the Management API's limits switched on; every
 * round starts right after the one before, so most of them begin in a window that is used up.
 */
export async function benchRollback(): Promise<Result> {
  const free = await measure(null, rounds);
  const samples = {
    free,
    limit120: await measure(120, limitedRounds),
    limit60: await measure(60, limitedRounds),
  };
  return {
    samples,
    figures: [
      {
        what: "rollback functions, 10 functions, no limit, median",
        measured: round(median(free)),
        unit: "ms",
        goal: 2_000,
      },
      {
        what: "the same, 120 requests a minute, slowest",
        measured: round(Math.max(...samples.limit120)),
        unit: "ms",
        goal: 60_000,
      },
      {
        what: "the same, 60 requests a minute, slowest",
        measured: round(Math.max(...samples.limit60)),
        unit: "ms",
        goal: 60_000,
      },
    ],
  };
}

async function measure(perMinute: number | null, wanted: number): Promise<readonly number[]> {
  const rate = perMinute == null ? {} : { BEE_LOCAL_API_RATE: String(perMinute) };
  const project = await startProject(rate);
  try {
    await writeFunctions(project, "one");
    await project.bee("deploy", "phase1");
    await writeFunctions(project, "two");
    await project.bee("deploy", "phase1");
    const samples: number[] = [];
    // Each rollback records a release, so the one before the newest is always the other content.
    for (let newest = 2; newest < wanted + 2; newest++) samples.push(await rollBack(project, newest - 1));
    return samples;
  } finally {
    await project.end();
  }
}

function rollBack({ dir }: BenchProject, release: number): Promise<number> {
  return time(process.execPath, [bee, "--json", "--quiet", "rollback", "functions", "--to", `r${release}`], {
    cwd: dir,
  });
}

/** All ten carry the mark: the extra ones refuse everybody, as a function that cannot name its caller must. */
async function writeFunctions({ dir }: BenchProject, mark: string): Promise<void> {
  const functions = join(dir, "supabase/functions");
  for (const name of bundled) {
    const path = join(functions, name, "index.ts");
    const [source] = (await readFile(path, "utf8")).split("\n// mark\n");
    await writeFile(path, `${source}\n// mark\nconsole.debug("${mark}");\n`);
  }
  for (const name of extra) {
    await mkdir(join(functions, name), { recursive: true });
    const reply = `new Response("no", { status: 401, headers: { "x-mark": "${mark}" } })`;
    await writeFile(join(functions, name, "index.ts"), `Deno.serve(() => ${reply});\n`);
  }
  const path = join(dir, "bee.config.yaml");
  const config = (await readFile(path, "utf8")).replace(/^functions:\n( {2}- .*\n)+/m, "");
  await writeFile(
    path,
    `functions: [${[...bundled, ...extra].join(", ")}]\n${config.replace(/^functions: .*\n/m, "")}`,
  );
}
