import { createServer } from "node:net";
import { afterEach, describe, expect, it } from "vitest";
import { type Behaviour, type KnownServer, startKnownServer } from "../../../tests/support/known-server.ts";
import { judgeLoad } from "../../plan/load/judge-load.ts";
import type { LoadResult } from "../../plan/load/result.ts";
import { assembleStages, countArrivals } from "../../plan/load/schedule.ts";
import { createHttpSender } from "./http-sender.ts";
import { runOpenModel } from "./open-model.ts";

const limits = { limitMs: 2000, errorShare: 0.01 };

interface Asked {
  readonly rate?: number;
  readonly durationMs?: number;
  readonly inFlightLimit?: number;
  readonly timeoutMs?: number;
  readonly signal?: AbortSignal;
}

async function load(url: string, asked: Asked = {}): Promise<LoadResult> {
  const { rate = 200, durationMs = 2000, inFlightLimit = 500, timeoutMs, signal } = asked;
  const stages = assembleStages("constant", rate, durationMs);
  const sender = createHttpSender({
    url,
    maxSockets: inFlightLimit,
    ...(timeoutMs == null ? {} : { timeoutMs }),
  });
  const call = {
    method: "POST",
    path: "/f",
    headers: {},
    body: "{}",
    accepts: [200],
    contains: '"final_score"',
  };
  try {
    return await runOpenModel({
      plan: {
        what: "functions",
        scenario: "test",
        profile: "constant",
        rate,
        durationMs,
        warmUpMs: 200,
        limitMs: limits.limitMs,
        planned: countArrivals(stages),
      },
      stages,
      call: () => ({
        endpoint: { name: "f", isFunction: true },
        run: (cut) => sender.send(call, cut),
      }),
      inFlightLimit,
      signal: signal ?? new AbortController().signal,
    });
  } finally {
    sender.close();
  }
}

/** Other tests run beside it: one undisturbed measurement of three is enough. */
const measured = { retry: 2 };

describe("the open-model engine", () => {
  const servers: KnownServer[] = [];
  const serve = async (behaviour: Behaviour): Promise<KnownServer> => {
    const server = await startKnownServer(behaviour);
    servers.push(server);
    return server;
  };
  afterEach(async () => {
    await Promise.all(servers.splice(0).map((server) => server.close()));
  });

  it("finds the percentiles of a server whose latency is known", measured, async () => {
    const result = await load((await serve({ kind: "uniform" })).url);
    expect(result.all).toEqual({ total: 400, failed: 0, over: 0 });
    expect(result.latency?.p50).toBeGreaterThan(50);
    expect(result.latency?.p50).toBeLessThan(90);
    expect(result.latency?.p95).toBeGreaterThan(95);
    expect(result.latency?.p95).toBeLessThan(150);
  });

  it("counts the wait of every call that was due while the server hung", measured, async () => {
    const server = await serve({ kind: "freezes", everyMs: 1500, frozenMs: 300 });
    const { latency, all } = await load(server.url, { durationMs: 3000 });
    // One in five is due during a freeze: 5 % wait 228 ms or longer. A closed model would see one slow call in a freeze.
    expect(all.total).toBe(600);
    expect(latency?.p95).toBeGreaterThan(180);
    expect(latency?.p95).toBeLessThan(320);
    expect(latency?.p50).toBeLessThan(100);
  });

  it("does not count the warm-up", async () => {
    const server = await serve({ kind: "uniform" });
    const { all } = await load(server.url, { rate: 50, durationMs: 1000 });
    expect(all.total).toBe(50);
    expect(server.answered()).toBe(60);
  });

  it("never passes a target that is down", async () => {
    const port = await freePort();
    const result = await load(`http://127.0.0.1:${port}`);
    expect(result.all).toEqual({ total: 400, failed: 400, over: 400 });
    expect(result.failures).toEqual([{ what: "ECONNREFUSED", count: 400 }]);
    expect(judgeLoad(result, limits)).toMatchObject({ kind: "fail" });
  });

  it("calls a name that does not resolve inconclusive", async () => {
    const result = await load("http://nowhere.invalid", { rate: 20, durationMs: 500 });
    expect(result.failures.map(({ what }) => what).every((what) => /ENOTFOUND|EAI_AGAIN/.test(what))).toBe(
      true,
    );
    expect(judgeLoad(result, limits)).toMatchObject({ kind: "inconclusive", measurements: [] });
  });

  it("stops by itself when nothing but errors comes back", async () => {
    const server = await serve({ kind: "status", status: 401 });
    const result = await load(server.url, { durationMs: 20_000, rate: 50 });
    expect(result.ending.kind).toBe("stopped");
    expect(result.all.total).toBeLessThan(600);
    const judged = judgeLoad(result, limits);
    expect(judged.kind).toBe("fail");
    expect(judged.lines.map(({ text }) => text).join("\n")).toContain("every call was refused");
  }, 15_000);

  it("drops what finds no room when the server never answers, and fails it", async () => {
    const server = await serve({ kind: "never" });
    const result = await load(server.url, { durationMs: 1000, inFlightLimit: 50, timeoutMs: 700 });
    expect(result.generator.dropped).toBeGreaterThan(50);
    expect(result.all.total).toBe(200);
    expect(result.all.over).toBe(200);
    expect(result.failures.map(({ what }) => what).sort()).toEqual(["dropped", "timeout"]);
    expect(judgeLoad(result, limits).kind).toBe("fail");
  });

  it("ends soon after an interrupt, with a part that is no pass", async () => {
    const server = await serve({ kind: "uniform" });
    const stop = new AbortController();
    setTimeout(() => stop.abort(), 700);
    const startedAt = performance.now();
    const result = await load(server.url, { durationMs: 60_000, signal: stop.signal });
    expect(performance.now() - startedAt).toBeLessThan(5000);
    expect(result.ending).toEqual({ kind: "interrupted" });
    expect(result.all.total).toBeGreaterThan(20);
    expect(judgeLoad(result, limits)).toMatchObject({ kind: "inconclusive", measurements: [] });
  });
});

async function freePort(): Promise<number> {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  await new Promise((resolve) => server.close(resolve));
  return address != null && typeof address === "object" ? address.port : 0;
}
