import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join, resolve } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { fileURLToPath, pathToFileURL } from "node:url";
import { MessageChannel, receiveMessageOnPort, Worker } from "node:worker_threads";
import { build } from "esbuild";
import { createMetrics } from "./metrics.mjs";

/**
 * Stands in for k6 where it cannot be had: runs the same scripts against the same servers, with the flags, outputs and
 * exit codes that bee relies on. One call at a time, so that it keeps low rates only.
 */
const here = dirname(fileURLToPath(import.meta.url));
const [verb, ...rest] = process.argv.slice(2);
const flagOf = (flag) => (rest.includes(flag) ? rest[rest.indexOf(flag) + 1] : null);
const settings = Object.fromEntries(
  rest.flatMap((word, at) => (rest[at - 1] === "-e" ? [word.split(/=(.*)/s).slice(0, 2)] : [])),
);
const sees = verb === "run" || rest.includes("--include-system-env-vars");
const script = rest.at(-1);

const modules = {
  "k6/http": "export default globalThis.__k6.http",
  "k6/metrics": "export const { Counter, Rate, Trend } = globalThis.__k6",
  "k6/execution": "export default globalThis.__k6.exec",
  k6: "export const check = () => true; export const sleep = () => {};",
};
const plugin = {
  name: "k6",
  setup(bundle) {
    bundle.onResolve({ filter: /^k6(\/|$)/ }, ({ path }) => ({ path, namespace: "k6" }));
    bundle.onLoad({ filter: /.*/, namespace: "k6" }, ({ path }) => ({ contents: modules[path] ?? "" }));
  },
};

if (verb === "version") {
  say("k6 v2.2.0 (stand-in, linux/amd64)");
} else if (verb === "inspect") {
  const { options } = await load(script);
  say(JSON.stringify({ ...options, totalDuration: `${totalOf(options) / 1000}s`, maxVUs: 1 }, null, 2));
} else if (verb === "run") {
  process.exitCode = await run();
} else if (verb === "cloud" && rest[0] === "run") {
  process.exitCode = await cloud();
} else {
  fail(255, `unknown command ${verb}`);
}

async function load(file) {
  globalThis.__ENV = { ...(sees ? process.env : {}), ...settings };
  globalThis.open = (path) => readFileSync(resolve(dirname(file), path), "utf8");
  globalThis.__k6 ??= { http: {}, exec: {}, Counter: class {}, Rate: class {}, Trend: class {} };
  const dir = mkdtempSync(join(tmpdir(), "k6-script-"));
  try {
    const outfile = join(dir, "script.mjs");
    await build({
      entryPoints: [resolve(file)],
      bundle: true,
      format: "esm",
      outfile,
      plugins: [plugin],
      logLevel: "silent",
    });
    const loaded = await import(pathToFileURL(outfile).href);
    if (typeof (loaded.measured ?? loaded.default) !== "function") throw new Error("no exported functions");
    return { ...loaded, options: { scenarios: {}, ...loaded.options } };
  } catch (error) {
    fail(107, `${error.message} at ${file}`);
  } finally {
    rmSync(dir, { recursive: true, force: true });
  }
}

function say(text) {
  process.stdout.write(`${text}\n`);
}

function logError(msg) {
  process.stderr.write(`${JSON.stringify({ level: "error", msg })}\n`);
}

function fail(exitCode, message) {
  logError(message);
  process.exit(exitCode);
}

function msOf(duration = "0s") {
  const units = { ms: 1, s: 1000, m: 60_000 };
  return [...duration.matchAll(/([\d.]+)(ms|s|m)/g)].reduce(
    (sum, [, n, unit]) => sum + Number(n) * units[unit],
    0,
  );
}

function stagesOf({ executor, rate, duration, startRate, stages, timeUnit }) {
  const unit = msOf(timeUnit ?? "1s");
  if (executor === "constant-arrival-rate")
    return [{ ms: msOf(duration), from: rate / unit, to: rate / unit }];
  let from = startRate / unit;
  return stages.map(({ target, duration: stage }) => {
    const one = { ms: msOf(stage), from, to: target / unit };
    from = one.to;
    return one;
  });
}

function durationOf(scenario) {
  return stagesOf(scenario).reduce((sum, { ms }) => sum + ms, 0);
}

function totalOf({ scenarios }) {
  return Math.max(0, ...Object.values(scenarios).map((one) => msOf(one.startTime) + durationOf(one)));
}

/** When each iteration of a scenario is due. */
function* arrivalsOf(scenario) {
  let at = msOf(scenario.startTime);
  for (const { ms, from, to } of stagesOf(scenario)) {
    const count = Math.round(((from + to) / 2) * ms);
    for (let n = 0; n < count; n += 1) {
      const slope = (to - from) / ms;
      yield at + (slope === 0 ? n / from : (Math.sqrt(from * from + 2 * slope * n) - from) / slope);
    }
    at += ms;
  }
}

async function run() {
  let metrics = null;
  const counted = (type) =>
    class {
      constructor(name) {
        this.name = name;
      }
      add(value, tags) {
        metrics.add(this.name, type, Number(value), tags);
      }
    };
  const scenario = { iterationInTest: 0 };
  const http = { request: createHttp((...sample) => metrics.add(...sample)) };
  globalThis.__k6 = {
    http,
    exec: { scenario },
    Counter: counted("counter"),
    Rate: counted("rate"),
    Trend: counted("trend"),
  };
  const loaded = await load(script);
  const { scenarios, thresholds = {} } = loaded.options;
  metrics = createMetrics(thresholds, { stream: flagOf("--out") === "json=-" });
  const due = Object.entries(scenarios)
    .flatMap(([name, one]) =>
      [...arrivalsOf(one)].map((at, n) => ({ name, at, n, call: loaded[one.exec ?? "default"] })),
    )
    .toSorted((one, other) => one.at - other.at);
  let stopped = false;
  for (const signal of ["SIGINT", "SIGTERM"]) process.on(signal, () => (stopped = true));
  const startedAt = performance.now();
  let aborted = false;
  for (const { at, n, call } of due) {
    await sleep(Math.max(0, at - (performance.now() - startedAt)));
    if (stopped) break;
    scenario.iterationInTest = n;
    try {
      call();
    } catch (error) {
      logError(String(error));
    }
    metrics.add("iterations", "counter", 1);
    const delay = ({ delayAbortEval }) => performance.now() - startedAt > msOf(delayAbortEval);
    aborted = metrics.crossed((one) => one.abortOnFail === true && delay(one)).length > 0;
    if (aborted) break;
  }
  http.request.close();
  writeFileSync(flagOf("--summary-export"), JSON.stringify({ root_group: {}, metrics: metrics.summary() }));
  if (stopped) return 105;
  const crossed = metrics.crossed().map(({ name }) => name);
  if (crossed.length === 0) return 0;
  logError(`thresholds on metrics '${crossed.join(", ")}' have been crossed`);
  return 99;
}

function createHttp(add) {
  const { port1, port2 } = new MessageChannel();
  const signal = new Int32Array(new SharedArrayBuffer(4));
  const worker = new Worker(join(here, "http-worker.mjs"), {
    workerData: { signal, port: port2 },
    transferList: [port2],
  });
  const request = (method, url, body, { headers, tags, timeout }) => {
    Atomics.store(signal, 0, 0);
    worker.postMessage({ method, url, body, headers, timeoutMs: msOf(timeout ?? "60s") });
    Atomics.wait(signal, 0, 0);
    const { message } = receiveMessageOnPort(port1);
    const failed = message.status === 0 || message.status >= 400;
    const told = { ...tags, status: String(message.status), expected_response: String(!failed) };
    add("http_reqs", "counter", 1, told);
    add("http_req_duration", "trend", message.took, told);
    add("http_req_failed", "rate", failed ? 1 : 0, told);
    return { ...message, timings: { duration: message.took, blocked: 0 } };
  };
  request.close = () => worker.terminate();
  return request;
}

/** Takes the script, and ends as `cloud.json` beside it says. */
async function cloud() {
  const { K6_CLOUD_TOKEN, K6_CLOUD_STACK_ID, K6_CLOUD_PROJECT_ID } = process.env;
  if (!K6_CLOUD_TOKEN || !K6_CLOUD_STACK_ID)
    fail(255, "To run tests in Grafana Cloud, you must first authenticate.");
  const { options } = await load(script);
  const archive = { options, settings, tokens: open(settings.LOAD_TOKENS_FILE) };
  const { exitCode, waitMs } = JSON.parse(
    readFileSync(join(process.env.PATH.split(":")[0], "cloud.json"), "utf8"),
  );
  const seen = { argv: process.argv.slice(2), env: process.env, archive, project: K6_CLOUD_PROJECT_ID };
  writeFileSync(join(process.env.PATH.split(":")[0], "seen.json"), JSON.stringify(seen));
  say("  execution: cloud\n     output: https://acme.grafana.net/a/k6-app/runs/4711\n");
  const stop = new AbortController();
  process.on("SIGINT", () => stop.abort());
  await sleep(waitMs ?? 0, undefined, { signal: stop.signal }).catch(() => undefined);
  if (stop.signal.aborted) return 97;
  say("     test status: Finished");
  return exitCode;
}
