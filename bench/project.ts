import { cp, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { z } from "zod";
import { root } from "./root.ts";

const stateSchema = z.object({
  url: z.string(),
  managementUrl: z.string(),
  projectRef: z.string(),
  accessToken: z.string(),
  anonKey: z.string(),
  serviceRoleKey: z.string(),
  dbUrl: z.string(),
  profile: z.string(),
});

export interface BenchProject {
  readonly dir: string;
  readonly state: z.infer<typeof stateSchema>;
  bee(...args: string[]): Promise<string>;
  end(): Promise<void>;
}

export const bee = join(root, "bin/bee.js");

/** A copy of the bundled project with a platform of its own, running and empty. */
export async function startProject(env: Readonly<Record<string, string>> = {}): Promise<BenchProject> {
  const dir = await copyProject();
  const run = async (...args: string[]): Promise<string> => {
    const { stdout } = await execa(process.execPath, [bee, "--json", "--quiet", ...args], {
      cwd: dir,
      stdin: "ignore",
      env,
    });
    return stdout;
  };
  await run("local", "up");
  const status: unknown = JSON.parse(await run("local", "status"));
  return {
    dir,
    state: stateSchema.parse(status),
    bee: run,
    end: async () => {
      await run("local", "down");
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** supabase/, src/core and bee.config.yaml, with a secrets file as the plan has one. */
export async function copyProject(): Promise<string> {
  const dir = await mkdtemp(join(tmpdir(), "bee-bench-"));
  await cp(join(root, "supabase"), join(dir, "supabase"), {
    recursive: true,
    filter: (path) => !path.includes(".temp"),
  });
  await cp(join(root, "src/core"), join(dir, "src/core"), { recursive: true });
  await cp(join(root, "bee.config.yaml"), join(dir, "bee.config.yaml"));
  await writeFile(
    join(dir, ".env.local"),
    "GCP_PROJECT_ID=bee-bench\nGCP_REGION=us-central1\nFEATURE_SALT=7d1c9e\n",
  );
  return dir;
}
