import { execFile } from "node:child_process";
import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { promisify } from "node:util";
import { type LoadServerKind, startLoadServer } from "./load-server.ts";

const run = promisify(execFile);
const seconds = 20;
const rate = 200;

export interface PeerFigures {
  readonly peer: string;
  /** Null where the peer tells none. */
  readonly p95: number | null;
  readonly p99: number;
}

/** Others on the same server, as far as they are on the PATH. */
export async function runPeers(kind: LoadServerKind): Promise<readonly PeerFigures[]> {
  const figures: PeerFigures[] = [];
  for (const peer of [runK6, runAutocannon, runAutocannonRate, runWrk]) {
    const server = await startLoadServer(kind);
    try {
      figures.push(await peer(server.url));
    } catch (error) {
      // Not there, or it failed: then there is nothing to compare with.
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") console.error(String(error).slice(0, 300));
    } finally {
      await server.close();
    }
  }
  return figures;
}

/** Arrivals at a fixed rate. */
async function runK6(url: string): Promise<PeerFigures> {
  const dir = await mkdtemp(join(tmpdir(), "bee-bench-k6-"));
  try {
    const [script, summary] = [join(dir, "script.js"), join(dir, "summary.json")];
    const scenario = { executor: "constant-arrival-rate", rate, timeUnit: "1s", duration: `${seconds}s` };
    await writeFile(
      script,
      `import http from "k6/http";
       export const options = { scenarios: { all: ${JSON.stringify({ ...scenario, preAllocatedVUs: 300 })} } };
       export default () => { http.get("${url}"); };`,
    );
    const flags = ["--quiet", "--no-usage-report", "--address", "", "--summary-trend-stats", "p(95),p(99)"];
    await run("k6", ["run", ...flags, "--summary-export", summary, script]);
    const { metrics } = JSON.parse(await readFile(summary, "utf8"));
    const duration = metrics.http_req_duration;
    return { peer: "k6", p95: duration["p(95)"], p99: duration["p(99)"] };
  } finally {
    await rm(dir, { recursive: true, force: true });
  }
}

/** Each of twelve connections waits for its answer. */
async function runAutocannon(url: string): Promise<PeerFigures> {
  return { peer: "autocannon -c 12", ...(await cannon(["-c", "12", "-d", `${seconds}`, url])) };
}

async function runAutocannonRate(url: string): Promise<PeerFigures> {
  const args = ["-c", "20", "-R", `${rate}`, "-d", `${seconds}`, url];
  return { peer: `autocannon -c 20 -R ${rate}`, ...(await cannon(args)) };
}

/** It tells no p95; p97.5 stands nearest. */
async function cannon(args: readonly string[]): Promise<Omit<PeerFigures, "peer">> {
  const { stdout } = await run("autocannon", ["--json", "--no-progress", ...args], { maxBuffer: 1e8 });
  const { latency } = JSON.parse(stdout);
  return { p95: null, p99: latency.p99 };
}

async function runWrk(url: string): Promise<PeerFigures> {
  const { stdout } = await run("wrk", ["-t2", "-c12", `-d${seconds}s`, "--latency", url]);
  const [, value = "0", unit = "ms"] = /99%\s+([\d.]+)(us|ms|s)/.exec(stdout) ?? [];
  return { peer: "wrk -c 12", p95: null, p99: Number(value) * ({ us: 0.001, ms: 1, s: 1000 }[unit] ?? 1) };
}
