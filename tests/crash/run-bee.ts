import { type ChildProcess, spawn } from "node:child_process";
import { randomBytes } from "node:crypto";
import { cp, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { pathToFileURL } from "node:url";
import { root } from "../support/bee.ts";
import { buildDaemon } from "../support/platform.ts";

export interface RunOptions {
  /** The point to hit, such as `api sent 3`. */
  readonly at?: string;
  /** SIGKILL unless said otherwise. */
  readonly signal?: NodeJS.Signals;
  readonly dbPort?: number;
  /** Makes bee's patience that many times shorter. */
  readonly shorten?: number;
  readonly env?: Readonly<Record<string, string>>;
  /** Another checkout. */
  readonly cwd?: string;
}

export interface EndedRun {
  /** Null when a signal ended it. */
  readonly exitCode: number | null;
  readonly signal: NodeJS.Signals | null;
  /** The document of --json; null when it printed none. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it names
  readonly report: any;
  readonly stderr: string;
  /** The points it came by, in order. */
  readonly points: readonly string[];
}

export interface BeeRun {
  readonly process: ChildProcess;
  readonly ended: Promise<EndedRun>;
  points(): Promise<readonly string[]>;
}

/** A run that takes longer hangs, and is ended. */
const patienceMs = 60_000;

/** What `createBuildCopy` made. */
export interface BuildCopy {
  readonly bee: string;
  remove(): Promise<void>;
}

/** A copy of the build, below node_modules so that it finds its packages: hundreds of runs must run the same bee. */
export async function createBuildCopy(): Promise<BuildCopy> {
  await buildDaemon();
  const dir = await mkdtemp(join(root, "node_modules", ".bee-crash-"));
  await cp(join(root, "dist"), join(dir, "dist"), { recursive: true });
  const bee = join(dir, "bee.cjs");
  await writeFile(bee, 'require("./dist/main.cjs");\n');
  return { bee, remove: () => rm(dir, { recursive: true, force: true }) };
}

export function startBee(bee: string, dir: string, args: readonly string[], options: RunOptions): BeeRun {
  const log = join(tmpdir(), `bee-points-${randomBytes(6).toString("hex")}`);
  const { at, signal, dbPort, shorten } = options;
  const child = spawn(process.execPath, [bee, "--json", ...args], {
    cwd: options.cwd ?? dir,
    env: {
      ...process.env,
      ...options.env,
      NO_COLOR: "1",
      CI: "true",
      NODE_OPTIONS: `--import=${pathToFileURL(join(root, "tests/crash/inject.mjs"))}`,
      BEE_INJECT: JSON.stringify({ bee, log, dbPort, at, signal, shorten }),
    },
    stdio: ["ignore", "pipe", "pipe"],
  });
  const points = async (): Promise<readonly string[]> =>
    (await readFile(log, "utf8").catch(() => "")).split("\n").filter((line) => line !== "");
  return { process: child, points, ended: awaitEnd(child, points, log) };
}

/** Resolves when `holds` does; throws after `deadlineMs`. */
export async function pollUntil(holds: () => Promise<boolean>, deadlineMs = 30_000): Promise<void> {
  for (const until = performance.now() + deadlineMs; !(await holds()); await sleep(20)) {
    if (performance.now() > until) throw new Error(`not so within ${deadlineMs / 1000} s: ${holds}`);
  }
}

async function awaitEnd(
  child: ChildProcess,
  points: () => Promise<readonly string[]>,
  log: string,
): Promise<EndedRun> {
  const text = { stdout: "", stderr: "" };
  for (const stream of ["stdout", "stderr"] as const) {
    child[stream]?.on("data", (chunk: Buffer) => {
      text[stream] += chunk.toString();
    });
  }
  const patience = setTimeout(() => child.kill("SIGKILL"), patienceMs);
  try {
    const [exitCode, signal] = await new Promise<[number | null, NodeJS.Signals | null]>(
      (resolve, reject) => {
        child.on("error", reject);
        child.on("close", (...ended) => resolve(ended));
      },
    );
    const report = text.stdout === "" ? null : JSON.parse(text.stdout);
    return { exitCode, signal, report, stderr: text.stderr, points: await points() };
  } finally {
    clearTimeout(patience);
    await rm(log, { force: true });
  }
}
