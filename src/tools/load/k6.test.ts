import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { delimiter, join, resolve } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { Secret } from "../../core/secret.ts";
import { judgeLoad } from "../../plan/load/judge-load.ts";
import type { LoadResult } from "../../plan/load/result.ts";
import { createInvocationRunner } from "../invocation.ts";
import { findK6, runK6 } from "./k6.ts";

/** A program that answers as k6 does: its version, and a run that leaves the summary named by FIXTURE. */
const program = (version: string, fixture: string, behaviour: string): string => `#!/usr/bin/env node
const { writeFileSync, copyFileSync } = require("node:fs");
const [verb] = process.argv.slice(2);
if (verb === "version") { console.log("k6 v${version} (commit/abc, go1.25.0, linux/amd64)"); process.exit(0); }
const summary = process.argv[process.argv.indexOf("--summary-export") + 1];
writeFileSync(${JSON.stringify("SEEN")}, JSON.stringify({ argv: process.argv.slice(2), env: process.env }));
const leave = () => copyFileSync(${JSON.stringify(fixture)}, summary);
${behaviour}
`;

describe("driving k6", () => {
  let dir = "";
  beforeEach(async () => {
    dir = await mkdtemp(join(tmpdir(), "bee-fake-k6-"));
  });
  afterEach(() => rm(dir, { recursive: true, force: true }));

  const path = () => `${dir}${delimiter}${process.env["PATH"] ?? ""}`;
  const invoke = createInvocationRunner({ env: {} });

  async function install(fixture: string, behaviour: string, version = "2.2.0"): Promise<void> {
    const text = program(version, resolve("tests/fixtures/k6", fixture), behaviour);
    await writeFile(join(dir, "k6"), text.replace('"SEEN"', JSON.stringify(join(dir, "seen.json"))));
    await chmod(join(dir, "k6"), 0o755);
  }

  function drive(signal = new AbortController().signal): Promise<LoadResult> {
    return runK6({
      version: "2.2.0",
      source: "own",
      errorShare: 0.01,
      invoke,
      signal,
      path: path(),
      plan: {
        what: "functions",
        scenario: "momentum-calculator",
        profile: "constant",
        rate: 50,
        durationMs: 4000,
        warmUpMs: 0,
        limitMs: 2000,
        planned: 200,
      },
      stages: [{ durationMs: 4000, from: 50, to: 50 }],
      script: "loadtests/momentum-calculator.js",
      url: "http://127.0.0.1:1",
      publishableKey: "public",
      tokens: [new Secret("token-of-ana")],
      run: "r",
      inFlightLimit: 50,
    });
  }

  it("finds its version, and none where it is missing or broken", async () => {
    expect(await findK6(invoke, "/nowhere")).toBeNull();
    await install("summary-passing.json", "leave();", "0.48.0");
    expect(await findK6(invoke, path())).toBe("0.48.0");
    await writeFile(join(dir, "k6"), "#!/bin/sh\nexit 1\n");
    expect(await findK6(invoke, path())).toBeNull();
    await writeFile(join(dir, "k6"), "no program");
    expect(await findK6(invoke, path())).toBeNull();
  });

  it("hands over by the environment alone, and none of the person's own settings", async () => {
    process.env["K6_NO_THRESHOLDS"] = "true";
    try {
      await install("summary-passing.json", "leave();");
      const result = await drive();
      expect(result.all.total).toBe(201);
      const seen = JSON.parse(await readFile(join(dir, "seen.json"), "utf8"));
      expect(seen.env.K6_NO_THRESHOLDS).toBeUndefined();
      expect(seen.env.LOAD_TOKENS).toBe('["token-of-ana"]');
      expect(seen.env.HOME).toContain("bee-k6-");
      expect(seen.argv.join(" ")).not.toContain("token-of-ana");
    } finally {
      delete process.env["K6_NO_THRESHOLDS"];
    }
  });

  it("does not take exit code 0 without a summary for a run", async () => {
    await install("summary-passing.json", "process.exit(0);");
    await expect(drive()).rejects.toMatchObject({ code: "BEE-E866", exit: 4 });
  });

  it("shows what a broken script said", async () => {
    await install(
      "summary-passing.json",
      'console.error("SyntaxError: Unexpected token"); process.exit(107);',
    );
    await expect(drive()).rejects.toMatchObject({
      code: "BEE-E777",
      exit: 2,
      message: expect.stringContaining("exit code 107"),
      detail: expect.stringContaining("SyntaxError"),
    });
  });

  it("does not pass a run in which every iteration threw", async () => {
    await install(
      "summary-passing.json",
      'for (let n = 0; n < 3; n += 1) console.error(JSON.stringify({ level: "error", msg: "TypeError: no" })); leave();',
    );
    expect((await drive()).doubts).toEqual(["k6 logged 3 errors: TypeError: no"]);
  });

  it("reads the part that an interrupted run leaves, which is no pass", async () => {
    await install(
      "summary-passing.json",
      'setInterval(() => {}, 1000); process.on("SIGINT", () => { leave(); process.exit(105); }); writeFileSync(__dirname + "/ready", "now");',
    );
    const stop = new AbortController();
    const running = drive(stop.signal);
    await expect
      .poll(() => readFile(join(dir, "ready"), "utf8").catch(() => ""), { timeout: 5000 })
      .not.toBe("");
    stop.abort();
    const result = await running;
    expect(result.ending).toEqual({ kind: "interrupted" });
    expect(judgeLoad(result, { limitMs: 2000, errorShare: 0.01 }).kind).toBe("inconclusive");
  });
});
