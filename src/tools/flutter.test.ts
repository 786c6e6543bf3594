import { chmod, mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { failureOf } from "../../tests/support/target.ts";
import { buildMockApp } from "./flutter.ts";
import { createInvocationRunner } from "./invocation.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "bee-flutter-"));
  await mkdir(join(root, "bin"));
  await mkdir(join(root, "app"));
  await writeFile(join(root, "app/pubspec.yaml"), "name: bee\n");
});
afterEach(() => rm(root, { recursive: true, force: true }));

/** A program of that name that keeps its arguments in the artifact. */
async function install(script: string): Promise<void> {
  await writeFile(join(root, "bin/flutter"), `#!/bin/sh\n${script}\n`);
  await chmod(join(root, "bin/flutter"), 0o755);
}

function build(dryRun = false) {
  const env = { PATH: `${join(root, "bin")}:/usr/bin:/bin` };
  return buildMockApp({ appDir: join(root, "app"), env, run: createInvocationRunner({ env, dryRun }) });
}

describe("the mock build", () => {
  it("is made where flutter is, and known by its digest", async () => {
    await install(
      'mkdir -p build/app/outputs/flutter-apk && printf "%s " "$@" > build/app/outputs/flutter-apk/app-release.apk',
    );
    expect(await build()).toMatchObject({
      kind: "built",
      path: join(root, "app/build/app/outputs/flutter-apk/app-release.apk"),
      sha256: "24d1b66f24380cc42fa7ebe72f5aaafded7398f7e5b95d1f530be4e3cc75132e",
    });
  });

  it("is only told where flutter, or an app, is not", async () => {
    const command = `cd ${join(root, "app")} && flutter build apk --release --dart-define=USE_MOCK_DATA=true`;
    expect(await build()).toEqual({
      kind: "not-run",
      reason: "flutter is not on the PATH",
      command,
      caveat: expect.stringMatching(/^A build is not a release/),
    });
    await install("exit 1");
    expect(await build(true)).toMatchObject({ kind: "not-run", reason: "this is a dry run" });
    await rm(join(root, "app/pubspec.yaml"));
    expect(await build()).toMatchObject({ reason: expect.stringContaining("no pubspec.yaml") });
  });

  it("fails with what flutter said, or when it built nothing", async () => {
    await install("echo 'Gradle task failed' >&2; exit 3");
    expect(await failureOf(build())).toMatchObject({
      code: "BEE-E831",
      message: "The build of the app failed (exit code 3)",
      detail: "Gradle task failed\nNothing was released.",
    });
    await install("exit 0");
    expect(await failureOf(build())).toMatchObject({ message: expect.stringContaining("flutter built no ") });
  });
});
