import { ensureLocalPlatform, type LocalState, stopLocalPlatform } from "../../src/local/control.ts";
import { createProjectDir, removeProjectDir } from "./project-dir.ts";

export interface TestPlatform {
  readonly state: LocalState;
  readonly projectDir: string;
  /** Ends it; a project folder made for it is deleted. */
  stop(): Promise<void>;
}

let built: Promise<void> | null = null;

/** A whole platform in the background, as `bee local up` starts it, on the built daemon. */
export async function startTestPlatform(
  options: { readonly projectDir?: string } = {},
): Promise<TestPlatform> {
  await buildDaemon();
  const projectDir = options.projectDir ?? (await createProjectDir("bee-test-"));
  const { state } = await ensureLocalPlatform(projectDir);
  return {
    state,
    projectDir,
    async stop() {
      await stopLocalPlatform(projectDir);
      if (options.projectDir == null) await removeProjectDir(projectDir);
    },
  };
}

/** Builds dist/ unless it is up to date; once per test process. */
export function buildDaemon(): Promise<void> {
  built ??= import(new URL("../../scripts/ensure-built.cjs", import.meta.url).href).then(
    ({ ensureBuilt }: { ensureBuilt: () => Promise<void> }) => ensureBuilt(),
  );
  return built;
}
