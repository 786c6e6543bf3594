import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { failureOf } from "../../tests/support/target.ts";
import { Secret } from "../core/secret.ts";
import { type Invocation, renderInvocation } from "../plan/invocation.ts";
import { createInvocationRunner } from "./invocation.ts";

const env = { PATH: process.env["PATH"], SUPABASE_ACCESS_TOKEN: "sbp_x", BEE_STAGING_DB_URL: "u", KEPT: "1" };
const run = createInvocationRunner({ env });

function script(text: string, more: Partial<Invocation> = {}): Invocation {
  return { file: process.execPath, args: ["-e", text], effect: "read", ...more };
}

describe("an invocation", () => {
  it("answers the exit code as a value, with what was printed", async () => {
    expect(await run(script("console.log(1); console.error(2); process.exitCode = 3"))).toMatchObject({
      exitCode: 3,
      stdout: "1",
      stderr: "2",
      skipped: false,
    });
  });

  it("keeps the project's keys from the program and its secrets from the reader", async () => {
    const names = "console.log(Object.keys(process.env).sort().join(), process.env.TOKEN)";
    const { stdout } = await run(script(names, { env: { TOKEN: new Secret("hunter2") } }));
    expect(stdout).toContain("KEPT,");
    expect(stdout).not.toContain("SUPABASE_ACCESS_TOKEN");
    expect(stdout).not.toContain("BEE_STAGING_DB_URL");
    expect(stdout).toMatch(/ \[secret\]$/);
  });

  it("hides what is to be redacted, one inside another too", async () => {
    const redact = [new Secret("abcd"), new Secret("abcdefgh")];
    const { stdout } = await run(
      script("console.log('x' + 'ab' + 'cd' + 'ef' + 'gh' + ' ' + 'ab' + 'cd')", { redact }),
    );
    expect(stdout).toBe("x[secret] [secret]");
  });

  it("runs nothing with a secret among its arguments", async () => {
    const redact = [new Secret("hunter2")];
    await expect(run(script("console.log('hunter2')", { redact }))).rejects.toThrow(
      "a secret among the arguments",
    );
  });

  it("leaves out writes in a dry run, and reads on", async () => {
    const dry = createInvocationRunner({ env, dryRun: true });
    expect(await dry(script("process.exit(9)", { effect: "write" }))).toMatchObject({
      exitCode: 0,
      skipped: true,
    });
    expect(await dry(script("process.exit(9)"))).toMatchObject({ exitCode: 9, skipped: false });
  });

  it("says what is not installed, took too long, or was interrupted", async () => {
    expect(await failureOf(run({ file: "no-such-program", args: [], effect: "read" }))).toMatchObject({
      code: "BEE-E840",
      exit: 2,
      hint: "Install no-such-program so that it is found on the PATH.",
    });
    const wait = "setInterval(() => {}, 1000)";
    expect(await failureOf(run(script(wait, { timeoutMs: 300 })))).toMatchObject({
      code: "BEE-E841",
      exit: 4,
      detail: expect.stringContaining("Nothing was changed."),
    });
    expect(await failureOf(run(script(wait, { timeoutMs: 300, effect: "write" })))).toMatchObject({
      exit: 7,
    });
    expect(await failureOf(run(script(wait), AbortSignal.timeout(300)))).toMatchObject({
      code: "BEE-E842",
      exit: 130,
    });
  });

  it("asks a program to stop by one interrupt and waits for it to clean up", async () => {
    const tidy =
      "process.on('SIGINT', () => setTimeout(() => process.exit(0), 200)); setInterval(() => {}, 1000)";
    const begun = performance.now();
    await failureOf(run(script(tidy, { effect: "write" }), AbortSignal.timeout(500)));
    expect(performance.now() - begun).toBeGreaterThan(650);
    expect(performance.now() - begun).toBeLessThan(4000);
  });

  it("hands on what it prints on stderr while it runs, without secrets, and keeps it too", async () => {
    const lines: string[] = [];
    const redact = [new Secret("hunter2")];
    const talk = "console.error('a'); console.error('hun' + 'ter2'); process.stderr.write('c')";
    const { stderr } = await run(script(talk, { redact }), undefined, undefined, (line) => lines.push(line));
    expect(lines).toEqual(["a", "[secret]", "c"]);
    expect(stderr).toBe("a\n[secret]\nc");
  });

  it("is ended by the kernel when bee is, where it must be and can", async () => {
    const dir = await mkdtemp(join(tmpdir(), "bee-setpriv-"));
    try {
      await writeFile(join(dir, "setpriv"), '#!/bin/sh\necho "$@"\n', { mode: 0o755 });
      const asked = { file: "load", args: ["-n"], effect: "write", env: { PATH: dir } } as const;
      expect((await run({ ...asked, endsWithBee: true })).stdout).toBe("--pdeathsig INT -- load -n");
      expect(await failureOf(run(asked))).toMatchObject({ code: "BEE-E840" });
      expect(await failureOf(run({ ...asked, endsWithBee: true, env: { PATH: "/nowhere" } }))).toMatchObject({
        code: "BEE-E840",
      });
    } finally {
      await rm(dir, { recursive: true, force: true });
    }
  });

  it("reads as one would type it", () => {
    expect(
      renderInvocation({
        file: "terraform",
        args: ["plan", "-var=a=b c", "it's"],
        cwd: "/x y",
        env: { A: "1", T: new Secret("s") },
        effect: "read",
      }),
    ).toBe(`cd '/x y' && A=1 T=[secret] terraform plan '-var=a=b c' 'it'\\''s'`);
  });
});
