import { describe, expect, it } from "vitest";
import type { AppRequest } from "../ports/app-gateway.ts";
import type { FunctionCalls, ProjectLogs } from "../ports/project-logs.ts";
import { type WatchInput, watchRelease } from "./watch-release.ts";

const minute = 60_000;

interface World {
  /** Calls a minute of the app, from the first on; how many of them fail at a time. */
  readonly rate?: number;
  readonly failing?: (atMs: number) => number;
  readonly answers?: (request: AppRequest, atMs: number) => number;
  readonly logs?: ProjectLogs["readFunctionCalls"];
  readonly successor?: (atMs: number) => string | null;
  readonly durationMs?: number;
}

/** Time goes on only while the watch waits. */
function createWorld(world: World) {
  const start = Date.parse("2026-05-01T12:00:00Z");
  let now = start;
  const notes: string[] = [];
  const requests: AppRequest[] = [];
  const stop = new AbortController();
  const { rate = 60, failing = () => 0, answers = () => 200, successor = () => null } = world;
  const counted: ProjectLogs["readFunctionCalls"] = async ({ from, to }) => {
    const calls: number[] = [];
    for (let at = start; at <= now; at += minute / rate)
      if (at >= Date.parse(from) && at <= Date.parse(to)) calls.push(at);
    const failed = Math.round(calls.reduce((sum, at) => sum + failing(at - start), 0));
    const one: FunctionCalls = {
      functionId: "f1",
      total: calls.length,
      failed,
      slow: failed,
      refused: 0,
      limited: 0,
      p95Ms: 20,
    };
    return calls.length === 0 ? [] : [one, { ...one, functionId: "another", failed: calls.length }];
  };
  const input: WatchInput = {
    functions: [{ slug: "score", id: "f1" }],
    durationMs: world.durationMs ?? 10 * minute,
    logs: {
      readFunctionCalls: world.logs ?? counted,
      readFunctionBoots: async () => [],
      readRequests: async () => [],
    },
    app: {
      anonymous: () => ({
        userId: null,
        readToken: () => Promise.reject(new Error("not asked for")),
        watch: () => Promise.reject(new Error("not asked for")),
        send: async (request) => {
          requests.push(request);
          const status = answers(request, now - start);
          if (status === 0) throw new Error("connection refused");
          return { status, headers: {}, body: "" };
        },
      }),
    },
    readSuccessor: async () => successor(now - start),
    clock: { now: () => now },
    emit: (event) => {
      if (event.type === "note") notes.push(event.text);
    },
    signal: stop.signal,
    pause: async (ms) => {
      now += ms;
    },
  };
  return { input, notes, requests, stop, elapsed: () => now - start };
}

describe("watchRelease", () => {
  it("says that a release held once enough calls and probes show it", async () => {
    const world = createWorld({});
    const { outcome, figures, watchedMs } = await watchRelease(world.input);
    expect(outcome).toEqual({ kind: "held" });
    expect(watchedMs).toBeGreaterThanOrEqual(10 * minute);
    expect(figures.errors).toEqual({ total: 601, bad: 0 });
    expect(figures.answers.total).toBeGreaterThan(207);
    expect(world.notes.length).toBeGreaterThan(7);
    expect(new Set(world.requests.map(({ method, path }) => `${method} ${path}`))).toEqual(
      new Set(["GET /auth/v1/health", "HEAD /rest/v1/", "OPTIONS /functions/v1/score"]),
    );
  });

  it("does not say so of a release that nobody called", async () => {
    const { outcome } = await watchRelease(createWorld({ logs: async () => [] }).input);
    expect(outcome).toMatchObject({
      kind: "unsure",
      doubts: [expect.stringContaining("0 of 0 calls"), expect.stringContaining("0 of 0 calls")],
    });
  });

  it("ends at the first breach, from the app's calls, of this release's functions alone", async () => {
    const world = createWorld({ failing: (at) => (at > 3 * minute ? 0.6 : 0) });
    const { outcome } = await watchRelease(world.input);
    expect(outcome).toMatchObject({ kind: "breach", breach: { indicator: { id: "errors" } } });
    expect(world.elapsed()).toBeGreaterThan(3 * minute);
    expect(world.elapsed()).toBeLessThan(6 * minute);
  });

  it("sees a function that no longer answers before anybody calls it", async () => {
    const world = createWorld({
      rate: 0.01,
      answers: ({ path }, at) => (path.includes("score") && at > minute ? 503 : 200),
    });
    const { outcome } = await watchRelease(world.input);
    expect(outcome).toMatchObject({ kind: "breach", breach: { indicator: { id: "answers" } } });
    expect(world.elapsed()).toBeLessThan(2 * minute);
  });

  it("tells the platform's failure from the functions'", async () => {
    const { outcome } = await watchRelease(
      createWorld({ answers: (_request, at) => (at > minute ? 0 : 200) }).input,
    );
    expect(outcome).toMatchObject({ kind: "breach", breach: { indicator: { id: "platform" } } });
  });

  it("lets a short outage that is over be over", async () => {
    const world = createWorld({ failing: (at) => (at > minute && at < 1.2 * minute ? 1 : 0) });
    expect((await watchRelease(world.input)).outcome).toEqual({ kind: "held" });
  });

  it("ends when another release is live, or when it is interrupted", async () => {
    const other = await watchRelease(
      createWorld({ successor: (at) => (at > 2 * minute ? "r9" : null) }).input,
    );
    expect(other.outcome).toEqual({ kind: "superseded", by: "r9" });
    const world = createWorld({
      answers: (_request, at) => {
        if (at > minute) world.stop.abort();
        return 200;
      },
    });
    const { outcome, watchedMs } = await watchRelease(world.input);
    expect(outcome).toEqual({ kind: "interrupted" });
    expect(watchedMs).toBeLessThan(2 * minute);
  });

  it("says once that the logs do not tell, and holds nothing for proven", async () => {
    const world = createWorld({ logs: () => Promise.reject(new Error("the logs are gone")) });
    expect((await watchRelease(world.input)).outcome.kind).toBe("unsure");
    expect(world.notes.filter((note) => note.includes("the logs are gone"))).toHaveLength(1);
  });
});
