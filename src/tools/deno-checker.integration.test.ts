import {
  chmodSync,
  existsSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { inOwnTmp } from "../../tests/support/own-tmp.ts";
import type { CodeMirror } from "../plan/code-check.ts";
import { createDenoChecker } from "./deno-checker.ts";
import { createInvocationRunner } from "./invocation.ts";

let dir: string;
beforeEach(() => {
  dir = mkdtempSync(join(tmpdir(), "bee-deno-stand-in-"));
});
afterEach(() => {
  rmSync(dir, { recursive: true, force: true });
});

/** A program in the place of Deno; it writes down how it was called. */
function standIn(script: string): string {
  const file = join(dir, "deno");
  writeFileSync(file, `#!/bin/sh\nprintf '%s\\n' "$*" >> ${dir}/calls\n${script}\n`);
  chmodSync(file, 0o755);
  return file;
}

const calls = (): readonly string[] => readFileSync(join(dir, "calls"), "utf8").trim().split("\n");

const mirror: CodeMirror = {
  files: new Map([
    ["src/a.ts", "1;\n"],
    ["src/b.ts", "2;\n"],
    ["globals.d.ts", "declare var x: any;\n"],
  ]),
  config: { compilerOptions: {} },
  check: ["globals.d.ts", "src/a.ts", "src/b.ts"],
  lint: ["src/a.ts", "src/b.ts"],
};

function check(file: string | null, timeoutMs = 20_000, signal = new AbortController().signal) {
  const run = createInvocationRunner({ env: {} });
  return createDenoChecker({ file, run, timeoutMs }).check(mirror, signal);
}

const noLint = 'if [ "$1" = lint ]; then echo \'{"diagnostics": []}\'; exit 0; fi';

describe("asking Deno", () => {
  it("shows it a folder of its own and nothing of the environment", async () => {
    process.env["BEE_TEST_TOKEN"] = "sbp_of_somebody";
    const answer = await check(
      standIn(
        `${noLint}\nenv > ${dir}/env; pwd > ${dir}/pwd; cat src/a.ts deno.json globals.d.ts > ${dir}/seen; exit 0`,
      ),
    );
    delete process.env["BEE_TEST_TOKEN"];
    expect(answer).toEqual({ diagnostics: [], unasked: [] });
    const names = readFileSync(join(dir, "env"), "utf8")
      .split("\n")
      .flatMap((line) => /^(\w+)=/.exec(line)?.[1] ?? [])
      .filter((name) => !/^(PWD|SHLVL|_|OLDPWD)$/.test(name));
    expect(names.sort()).toEqual(["DENO_DIR", "DENO_NO_PROMPT", "DENO_NO_UPDATE_CHECK", "HOME", "NO_COLOR"]);
    expect(readFileSync(join(dir, "seen"), "utf8")).toBe('1;\n{"compilerOptions":{}}declare var x: any;\n');
    expect(existsSync(readFileSync(join(dir, "pwd"), "utf8").trim())).toBe(false);
    expect(calls().every((call) => !/--allow|--reload|-A\b/.test(call))).toBe(true);
    expect(calls()[0]).toContain("--no-remote --no-npm --deny-import");
  });

  it("finds by halves what it cannot lay out, and asks about the rest", async () => {
    const file = standIn(
      `${noLint}\ncase "$*" in *src/b.ts*) echo "error: Relative import path" >&2; exit 1;; esac\n` +
        'printf "TS2304 [ERROR]: Cannot find name x.\\n    at file://%s/src/a.ts:1:1\\n" "$PWD" >&2; exit 1',
    );
    const { diagnostics, unasked } = await check(file);
    expect(diagnostics.map(({ code, file: path }) => `${code} ${path}`)).toEqual(["TS2304 src/a.ts"]);
    expect(unasked).toEqual(["deno check of src/b.ts: Relative import path"]);
    expect(calls().filter((call) => call.startsWith("check"))).toHaveLength(3);
  });

  it("asks about the rest when it breaks off at one", async () => {
    const file = standIn('case "$*" in *src/a.ts*) kill -ABRT $$;; esac\necho \'{"diagnostics": []}\'');
    expect((await check(file)).unasked).toEqual([
      "deno check of src/a.ts: it broke off with SIGABRT",
      "deno lint of src/a.ts: it broke off with SIGABRT",
    ]);
  });

  it("says what was not asked when it takes too long, says nonsense or cannot be started", async () => {
    const slow = await check(standIn(`${noLint}\nexec sleep 30`), 300);
    expect(slow.unasked).toEqual([expect.stringMatching(/^deno check: .* was stopped after 0 s$/)]);
    const nonsense = await check(standIn("echo nonsense; exit 0"));
    expect(nonsense).toEqual({
      diagnostics: [],
      unasked: ["deno lint of src/a.ts: no answer", "deno lint of src/b.ts: no answer"],
    });
    const gone = await check(join(dir, "nowhere"));
    expect(gone.unasked).toHaveLength(2);
    expect(await check(null)).toEqual({ diagnostics: [], unasked: [] });
  });

  it("tells the version, and null where there is none", async () => {
    const run = createInvocationRunner({ env: {} });
    const file = standIn('echo "deno 2.9.5 (stable, release)"');
    expect(await createDenoChecker({ file, run }).readVersion()).toBe("Deno 2.9.5");
    expect(await createDenoChecker({ file: join(dir, "nowhere"), run }).readVersion()).toBeNull();
    expect(await createDenoChecker({ file: null, run }).readVersion()).toBeNull();
  });

  it("ends with an interrupt and leaves nothing behind", () =>
    inOwnTmp(async (tmp) => {
      const stop = new AbortController();
      const asked = check(standIn("exec sleep 30"), 20_000, stop.signal);
      setTimeout(() => stop.abort(), 300);
      await expect(asked).rejects.toMatchObject({ code: "BEE-E842", exit: 130 });
      expect(readdirSync(tmp).filter((name) => name.startsWith("bee-code-"))).toEqual([]);
    }));
});
