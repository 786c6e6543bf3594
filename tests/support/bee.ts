import { type ChildProcess, spawn } from "node:child_process";
import { cp, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { createProjectDir, removeProjectDir } from "./project-dir.ts";

export const root = fileURLToPath(new URL("../..", import.meta.url));

export interface Ended {
  readonly exitCode: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

export interface BeeProject {
  readonly dir: string;
  /** Runs the built CLI in the project, as a person or CI would. */
  bee(...args: string[]): Promise<Ended>;
  /** The same with more in its environment. */
  beeWith(env: Readonly<Record<string, string>>, ...args: string[]): Promise<Ended>;
  /** The same with --json; the one document it prints. */
  // biome-ignore lint/suspicious/noExplicitAny: a test reads what it names
  json(...args: string[]): Promise<any>;
  /** Started and left running, for tests that kill it. */
  start(...args: string[]): ChildProcess;
  /** The same with more, or other, environment. */
  startWith(env: Readonly<Record<string, string>>, ...args: string[]): ChildProcess;
  write(path: string, text: string): Promise<void>;
  /** Stops the platform and deletes everything. */
  end(): Promise<void>;
}

const beeEnv = { ...process.env, NO_COLOR: "1", CI: "true" };

/** A copy of the bundled project in a folder of its own, with its own platform. */
export async function createProject(env: Readonly<Record<string, string>> = {}): Promise<BeeProject> {
  const dir = await createProjectDir("bee-e2e-");
  await cp(join(root, "supabase"), join(dir, "supabase"), {
    recursive: true,
    filter: (path) => !path.includes(".temp"),
  });
  await cp(join(root, "src/core"), join(dir, "src/core"), { recursive: true });
  await cp(join(root, "bee.config.yaml"), join(dir, "bee.config.yaml"));
  const startWith = (more: Readonly<Record<string, string>>, ...args: string[]): ChildProcess =>
    spawn(process.execPath, [join(root, "bin/bee.js"), ...args], {
      cwd: dir,
      env: { ...beeEnv, ...env, ...more },
      stdio: ["ignore", "pipe", "pipe"],
    });
  const start = (...args: string[]): ChildProcess => startWith({}, ...args);
  const bee = (...args: string[]): Promise<Ended> => collect(start(...args));
  return {
    dir,
    bee,
    beeWith: (more, ...args) => collect(startWith(more, ...args)),
    start,
    startWith,
    json: async (...args) => JSON.parse((await bee("--json", ...args)).stdout),
    write: (path, text) => writeFile(join(dir, path), text),
    end: async () => {
      await bee("local", "down");
      await removeProjectDir(dir);
    },
  };
}

/** What kept a run from exit code 0: empty when nothing did. */
// biome-ignore lint/suspicious/noExplicitAny: the parsed document of --json
export function troubles(report: any): readonly unknown[] {
  const gates = (report.gates ?? []).filter(
    ({ verdict }: { verdict: string }) => !/pass|not-applicable/.test(verdict),
  );
  const steps = (report.steps ?? []).filter(
    ({ status }: { status: string }) => !/done|unchanged/.test(status),
  );
  return [...(report.exitCode === 0 ? [] : [report.summary, report.error]), ...gates, ...steps];
}

export function collect(child: ChildProcess): Promise<Ended> {
  let stdout = "";
  let stderr = "";
  child.stdout?.on("data", (chunk) => {
    stdout += String(chunk);
  });
  child.stderr?.on("data", (chunk) => {
    stderr += String(chunk);
  });
  return new Promise((resolve, reject) => {
    child.on("error", reject);
    child.on("close", (exitCode) => resolve({ exitCode, stdout, stderr }));
  });
}
