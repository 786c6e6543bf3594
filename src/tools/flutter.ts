import { constants } from "node:fs";
import { access, readFile } from "node:fs/promises";
import { delimiter, join } from "node:path";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { sha256 } from "../plan/digest.ts";
import { type Invocation, renderInvocation } from "../plan/invocation.ts";
import type { RunInvocation } from "./invocation.ts";

export interface MockBuildInput {
  /** The Flutter app: a folder with a pubspec.yaml. */
  readonly appDir: string;
  readonly env: Readonly<Record<string, string | undefined>>;
  readonly run: RunInvocation;
  readonly signal?: AbortSignal;
}

/** With what must be said of such a build. */
export type MockBuild = { readonly caveat: string } & (
  | { readonly kind: "built"; readonly path: string; readonly sha256: string; readonly durationMs: number }
  | { readonly kind: "not-run"; readonly reason: string; readonly command: string }
);

const caveat =
  "A build is not a release: users get it when the store has reviewed it and they have updated, which takes days. " +
  "It shows sample data, marked as such. The flags switch within minutes.";

const artifact = "build/app/outputs/flutter-apk/app-release.apk";

/** The slow path of the plan's app rollback, as a value. */
function assembleMockBuild(appDir: string): Invocation {
  return {
    file: "flutter",
    args: ["build", "apk", "--release", "--dart-define=USE_MOCK_DATA=true"],
    cwd: appDir,
    effect: "write",
    timeoutMs: 1_800_000,
  };
}

/** Builds when Flutter and an app are there, else says what to run. Throws BEE-E831 when the build fails. */
export async function buildMockApp({ appDir, env, run, signal }: MockBuildInput): Promise<MockBuild> {
  const invocation = assembleMockBuild(appDir);
  const command = renderInvocation(invocation);
  if (!(await isThere(join(appDir, "pubspec.yaml"), constants.R_OK))) {
    return {
      kind: "not-run",
      reason: `there is no Flutter app in ${appDir} (no pubspec.yaml)`,
      command,
      caveat,
    };
  }
  if (!(await isOnPath("flutter", env))) {
    return { kind: "not-run", reason: "flutter is not on the PATH", command, caveat };
  }
  const { exitCode, stdout, stderr, durationMs, skipped } = await run(invocation, signal);
  if (skipped) return { kind: "not-run", reason: "this is a dry run", command, caveat };
  const path = join(appDir, artifact);
  const bytes = exitCode === 0 ? await readFile(path).catch(() => null) : null;
  if (bytes == null) throw buildFailed(command, exitCode, `${stdout}\n${stderr}`.trim());
  return { kind: "built", path, sha256: sha256(bytes), durationMs, caveat };
}

function buildFailed(command: string, exitCode: number, said: string): BeeError {
  return new BeeError({
    code: "BEE-E831",
    message:
      exitCode === 0 ? `flutter built no ${artifact}` : `The build of the app failed (exit code ${exitCode})`,
    detail: `${said.slice(-2000)}\nNothing was released.`,
    hint: command,
    exit: exitCodes.partial,
  });
}

async function isOnPath(name: string, env: MockBuildInput["env"]): Promise<boolean> {
  const folders = (env["PATH"] ?? "").split(delimiter).filter((folder) => folder !== "");
  const found = await Promise.all(folders.map((folder) => isThere(join(folder, name), constants.X_OK)));
  return found.includes(true);
}

async function isThere(path: string, mode: number): Promise<boolean> {
  return access(path, mode).then(
    () => true,
    () => false,
  );
}
