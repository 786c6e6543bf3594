import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { installK6 } from "../../../tests/support/k6.ts";
import { type Behaviour, type KnownServer, startKnownServer } from "../../../tests/support/known-server.ts";
import { failureOf } from "../../../tests/support/target.ts";
import { readChecklists } from "../../config/read-checklists.ts";
import { Secret } from "../../core/secret.ts";
import { gates } from "../../gates/index.ts";
import { planScript } from "../../plan/load/k6-inspection.ts";
import type { K6Script } from "../../plan/load/k6-invocation.ts";
import { assembleStages } from "../../plan/load/schedule.ts";
import type { LoadSecond } from "../../plan/load/stop-rule.ts";
import { findThresholds } from "../../plan/load/thresholds.ts";
import { createInvocationRunner } from "../invocation.ts";
import { inspectK6, type K6Driver, runK6 } from "./k6.ts";
import { readK6Account, runK6Cloud } from "./k6-cloud.ts";

/** bee's scripts run by a stand-in for k6 against a server of known latency. */
describe("scripts for k6", () => {
  let dir = "";
  let path = "";
  let server: KnownServer | null = null;
  const invoke = createInvocationRunner({ env: {} });

  beforeAll(async () => {
    dir = await mkdtemp(join(tmpdir(), "bee-k6-bin-"));
    path = await installK6(dir);
  });
  afterAll(() => rm(dir, { recursive: true, force: true }));
  afterEach(async () => {
    await server?.close();
    server = null;
  });

  const assemble = (url: string, rate: number, durationMs: number): K6Script => ({
    plan: {
      what: "functions",
      scenario: "momentum-calculator",
      profile: "constant",
      rate,
      durationMs,
      warmUpMs: 500,
      limitMs: 2000,
      planned: (rate * durationMs) / 1000,
    },
    stages: assembleStages("constant", rate, durationMs),
    script: "loadtests/momentum-calculator.js",
    errorShare: 0.01,
    url,
    publishableKey: "public",
    run: "r",
    inFlightLimit: 50,
  });
  async function serve(behaviour: Behaviour): Promise<string> {
    server = await startKnownServer(behaviour);
    return server.url;
  }
  const drive = (script: K6Script, changed: Partial<K6Driver> = {}) =>
    runK6({
      ...script,
      version: "2.2.0",
      source: "own",
      invoke,
      path,
      tokens: [new Secret("token-of-ana")],
      signal: new AbortController().signal,
      ...changed,
    });

  it("offer the load that was planned, as k6 tells beforehand", async () => {
    const script = assemble("http://127.0.0.1:1", 2.5, 60_000);
    for (const scenario of ["momentum-calculator", "event-ingestion", "mixed-day"]) {
      const asked = { ...script, script: `loadtests/${scenario}.js`, path, invoke };
      expect(planScript(script.plan, await inspectK6(asked))).toEqual(script.plan);
    }
    const ramp = assembleStages("ramp", 4, 20_000);
    const inspected = await inspectK6({ ...script, stages: ramp, path, invoke });
    expect(planScript(script.plan, inspected)).toMatchObject({ rate: 4, durationMs: 20_000, planned: 51 });
  });

  it("tell each call with its second, its latency and what became of it", async () => {
    const seconds: LoadSecond[] = [];
    const result = await drive(assemble(await serve({ kind: "uniform" }), 8, 2500), {
      onSecond: (second) => seconds.push(second),
    });
    expect(result).toMatchObject({
      engine: "k6 2.2.0",
      ending: { kind: "completed" },
      all: { total: 20, failed: 0, over: 0 },
      failures: [],
      doubts: [],
      crossed: [],
      endpoints: [{ name: "momentum-score-calculator", isFunction: true, total: 20 }],
    });
    expect(result.latency?.p95).toBeGreaterThan(80);
    expect(result.p95Range?.[1]).toBeGreaterThan(result.latency?.p95 ?? 1000);
    expect(result.slices.map(({ total }) => total).reduce((sum, total) => sum + total, 0)).toBe(20);
    expect(result.slices.length).toBeGreaterThan(1);
    expect(seconds.some(({ p95, failed }) => p95 > 50 && failed === 0)).toBe(true);
  });

  it("are stopped when nothing but errors comes back, whatever thresholds they have", async () => {
    const url = await serve({ kind: "status", status: 401 });
    const file = join(dir, "patient.js");
    await writeFile(
      file,
      `import http from "k6/http";
       export const options = {
         scenarios: { all: { executor: "constant-arrival-rate", rate: 12, timeUnit: "1s", duration: "60s", preAllocatedVUs: 5 } },
         thresholds: { http_req_duration: ["p(95)<2000"] },
       };
       export default () => http.request("GET", __ENV.LOAD_URL + "/functions/v1/f", null, {});`,
    );
    const script = { ...assemble(url, 12, 60_000), script: file };
    const result = await drive(script, { source: "other" });
    expect(result.ending).toMatchObject({
      kind: "stopped",
      why: expect.stringMatching(/calls failed within 5 s$/),
    });
    expect(result.all.total).toBeLessThan(200);
    expect(result.failures).toEqual([{ what: "401", count: result.all.total }]);
  }, 30_000);

  it("are refused before anything is sent when they are broken, without thresholds, or wait for the target", async () => {
    const url = await serve({ kind: "uniform" });
    const refusal = async (text: string) => {
      const file = join(dir, "script.js");
      await writeFile(file, text);
      return failureOf(inspectK6({ ...assemble(url, 8, 1000), script: file, path, invoke }));
    };
    expect(await refusal("export const options = {")).toMatchObject({ code: "BEE-E777", exit: 2 });
    expect(await refusal("export default () => {}; nonsense();")).toMatchObject({
      code: "BEE-E777",
      detail: expect.stringContaining("nonsense is not defined"),
    });
    const options = (text: string) => `export default () => {}; export const options = {${text}};`;
    const open =
      'scenarios: {a: {executor: "constant-arrival-rate", rate: 1, duration: "1s", timeUnit: "1s"}}';
    expect(await refusal(options(open))).toMatchObject({
      code: "BEE-E778",
      exit: 2,
      message: expect.stringContaining("no thresholds"),
    });
    expect(server?.answered()).toBe(0);
  });

  it("have the limits of the success metrics as thresholds of their own", async () => {
    const limits = findThresholds(await readChecklists(gates.map(({ id }) => id)), "functions-p95");
    const args = ["inspect", "--execution-requirements", "loadtests/mixed-day.js"];
    const { stdout } = await invoke({ file: "k6", args, effect: "read", env: { PATH: path } });
    expect(JSON.parse(stdout).thresholds).toMatchObject({
      bee_wrong: [`rate<${limits?.errorShare}`],
      // p95 below the limit: less than 5 % took it or longer.
      bee_slow: ["rate<0.05"],
      dropped_iterations: ["count<1"],
    });
    const text = await readFile("loadtests/lib/run.js", "utf8");
    expect(/LOAD_LIMIT_MS"\] \?\? (\d+)/.exec(text)?.[1]).toBe(String(limits?.limitMs));
  });

  describe("in Grafana Cloud k6", () => {
    const account = { token: new Secret("cloud-token-of-bee"), stackId: "12", projectId: "34", host: null };
    const cloud = async (exitCode: number, waitMs = 0, signal = new AbortController().signal) => {
      await writeFile(join(dir, "cloud.json"), JSON.stringify({ exitCode, waitMs }));
      const urls: string[] = [];
      const script = assemble("https://abc.supabase.co", 8, 1000);
      const tokens = [new Secret("token-of-ana")];
      const end = await runK6Cloud({
        ...script,
        version: "2.2.0",
        path,
        invoke,
        account,
        tokens,
        signal,
        onUrl: (url) => urls.push(url),
      });
      return { ...end, urls };
    };

    it("are judged by their thresholds, and say where the figures are", async () => {
      const { result, judgement, urls } = await cloud(0);
      expect(judgement).toMatchObject({ kind: "pass", measurements: [] });
      expect(result).toMatchObject({
        engine: "k6-cloud 2.2.0",
        url: "https://acme.grafana.net/a/k6-app/runs/4711",
        all: { total: 0 },
      });
      expect(urls).toEqual([result.url]);
      const seen = JSON.parse(await readFile(join(dir, "seen.json"), "utf8"));
      expect(seen.env).toMatchObject({ K6_CLOUD_TOKEN: "cloud-token-of-bee", K6_CLOUD_STACK_ID: "12" });
      expect(seen.argv.join(" ")).not.toMatch(/token-of/);
      // The script took the tokens along; the file is gone.
      expect(seen.archive.tokens).toBe('["token-of-ana"]');
      expect(seen.archive.options.thresholds).toHaveProperty("bee_wrong");
      await expect(readFile(seen.archive.settings.LOAD_TOKENS_FILE)).rejects.toThrow("ENOENT");
    });

    it.each([
      [99, "fail"],
      [97, "inconclusive"],
      [98, "inconclusive"],
      [255, "inconclusive"],
    ])("exit code %i: %s", async (exitCode, kind) => {
      expect((await cloud(exitCode)).judgement.kind).toBe(kind);
    });

    it("are stopped with an interrupt, which is no pass", async () => {
      const stop = new AbortController();
      const running = cloud(0, 30_000, stop.signal);
      setTimeout(() => stop.abort(), 1500);
      const { result, judgement } = await running;
      expect(result.ending).toEqual({ kind: "interrupted" });
      expect(judgement.kind).toBe("inconclusive");
    });

    it("need an account, whose token goes nowhere but to it", () => {
      const of =
        (env: Record<string, string>, version = "2.2.0") =>
        () =>
          readK6Account(env, version);
      expect(of({})).toThrow("K6_CLOUD_TOKEN is not set");
      expect(of({ K6_CLOUD_TOKEN: "t" })).toThrow("K6_CLOUD_STACK_ID is not set");
      expect(of({ K6_CLOUD_TOKEN: "t" }, "1.3.0")()).toMatchObject({ stackId: null, host: null });
      const all = { K6_CLOUD_TOKEN: "t", K6_CLOUD_STACK_ID: "1" };
      expect(of({ ...all, K6_CLOUD_HOST: "http://ingest.example.com" })).toThrow("http on loopback");
      expect(of({ ...all, K6_CLOUD_HOST: "http://127.0.0.1:9" })().host).toBe("http://127.0.0.1:9");
    });
  });
});
