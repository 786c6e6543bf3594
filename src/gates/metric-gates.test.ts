import { describe, expect, it } from "vitest";
import type { Verdict } from "../core/verdict.ts";
import type { EvidenceRecord } from "../plan/evidence-record.ts";
import type { GateContext, GatePorts } from "../ports/gate.ts";
import type { FunctionCalls } from "../ports/project-logs.ts";
import { databaseP95 } from "./database-p95.ts";
import { errorRate } from "./error-rate.ts";
import { functionsP95 } from "./functions-p95.ts";
import { pushSuccess } from "./push-success.ts";
import { uptime } from "./uptime.ts";

const minute = 60_000;
const hour = 60 * minute;
const ago = (ms: number): string => new Date(Date.now() - ms).toISOString();

const release = { id: "r3", recordedAt: ago(48 * hour), functions: [{ slug: "calc" }, { slug: "push" }] };

interface World {
  readonly records?: readonly EvidenceRecord[];
  readonly ports?: Partial<GatePorts>;
  readonly secrets?: GateContext["facts"]["secrets"];
  readonly release?: typeof release | null;
}

function ask(gate: typeof uptime, { records = [], ports = {}, secrets, release: live = release }: World) {
  const nobody = async (): Promise<never> => {
    throw new Error("nobody answers");
  };
  return gate.check({
    ports: {
      evidence: {
        read: async (kinds: readonly string[]) => records.filter(({ kind }) => kinds.includes(kind)),
      },
      logs: { readFunctionCalls: nobody, readFunctionBoots: nobody, readRequests: nobody },
      database: { query: nobody, rehearse: nobody },
      push: { validate: nobody },
      ...ports,
    },
    view: {
      actual: {
        release: live,
        functions: [
          { id: "f1", slug: "calc" },
          { id: "f2", slug: "push" },
          { id: "f9", slug: "other" },
        ],
      },
    },
    facts: { ...(secrets == null ? {} : { secrets }) },
  } as unknown as GateContext);
}

const record = (body: EvidenceRecord["body"], at = ago(hour), kind: EvidenceRecord["kind"] = "loadtest") =>
  ({ seq: 7, at, kind, actor: "ana", body, prior: null, sha256: "" }) satisfies EvidenceRecord;

const measured = (metric: string, bad: number, total: number, more: Record<string, unknown> = {}) => ({
  release: "r3",
  measurements: [{ metric, bad, total, source: "a run" }],
  ...more,
});

const calls = (functionId: string, total: number, more: Partial<FunctionCalls> = {}): FunctionCalls => ({
  functionId,
  total,
  failed: 0,
  slow: 0,
  refused: 0,
  limited: 0,
  p95Ms: 40,
  ...more,
});

const logged = (...some: readonly FunctionCalls[]): Partial<GatePorts> => ({
  logs: {
    readFunctionCalls: async () => some,
    readFunctionBoots: async () => [],
    readRequests: async () => [],
  },
});

const reasonOf = (verdict: Verdict): string => ("reason" in verdict ? verdict.reason : verdict.kind);

describe("functions-p95 and error-rate", () => {
  it("take a record of the live release, and say why they take no other", async () => {
    const fresh = [record(measured("functions-p95", 0, 400))];
    expect(await ask(functionsP95, { records: fresh })).toMatchObject({
      kind: "pass",
      evidence: { bad: 0, total: 400, record: 7, others: ["function_edge_logs: nobody answers"] },
    });
    const foreign = [record({ ...measured("functions-p95", 0, 400), release: "r2" })];
    expect(reasonOf(await ask(functionsP95, { records: foreign }))).toContain(
      "measured for release r2, live is r3",
    );
    const old = [record(measured("functions-p95", 0, 400), ago(31 * 24 * hour))];
    expect(reasonOf(await ask(functionsP95, { records: old }))).toContain("measured 31 days ago");
    expect(await ask(functionsP95, { release: null })).toMatchObject({ kind: "inconclusive" });
  });

  it("count what the platform logged of the released functions alone", async () => {
    const ports = logged(
      calls("f1", 250, { refused: 9, limited: 2 }),
      calls("f2", 100),
      calls("f9", 500, { failed: 500 }),
    );
    expect(await ask(errorRate, { ports })).toMatchObject({
      kind: "pass",
      evidence: {
        total: 350,
        source: "function_edge_logs",
        shown: "calc p95 40 ms, 9 answered 4xx, 2 of them 429, push p95 40 ms",
      },
    });
  });

  it("fail when one function does, though all together pass", async () => {
    const ports = logged(calls("f1", 100_000), calls("f2", 400, { failed: 40, slow: 40 }));
    const verdict = await ask(errorRate, { ports });
    expect(verdict).toMatchObject({
      kind: "fail",
      findings: [
        { key: "error-rate:error-rate", detail: expect.stringContaining("function_edge_logs of push") },
      ],
    });
    expect(await ask(functionsP95, { ports })).toMatchObject({ kind: "fail" });
  });

  it("never pass without calls, or with a log that does not answer", async () => {
    expect(reasonOf(await ask(errorRate, { ports: logged() }))).toContain(
      "no calls of the released functions",
    );
    expect(reasonOf(await ask(errorRate, {}))).toContain("nobody answers");
  });
});

describe("uptime", () => {
  const day = (failed: number): Partial<GatePorts> => ({
    logs: {
      readFunctionCalls: async () => [],
      readFunctionBoots: async () => [],
      readRequests: async () =>
        Array.from({ length: 700 }, (_, index) => {
          const to = Date.now() - index * 2 * minute;
          return { from: to - 2 * minute, to, total: 10, failed: index < failed ? 1 : 0 };
        }),
    },
  });

  it("holds when a day's requests show it, and fails when the budget burns away", async () => {
    expect(await ask(uptime, { ports: day(0) })).toMatchObject({
      kind: "pass",
      evidence: { total: 7000, limit: 0.001, floor: 2995 },
    });
    expect(await ask(uptime, { ports: day(30) })).toMatchObject({
      kind: "fail",
      findings: [{ detail: expect.stringContaining("times what 99.9 % allows") }],
    });
  });

  it("adds up the probes of a day, whatever the number of runs, and only those", async () => {
    const run = (at: string) =>
      record(measured("uptime", 0, 1500, { result: { plan: { durationMs: 300_000 } } }), at);
    expect(await ask(uptime, { records: [run(ago(hour)), run(ago(20 * hour))] })).toMatchObject({
      kind: "pass",
      evidence: { source: "bee loadtest health", total: 3000 },
    });
    expect(reasonOf(await ask(uptime, { records: [run(ago(hour)), run(ago(30 * hour))] }))).toContain(
      "0 of 1500 requests",
    );
  });
});

describe("database-p95", () => {
  const countersSince = new Date(ago(1000 * hour));
  /** Counters that began long before the release; `calls` of one statement that took `ms` each. */
  const counters = (callCount: number, ms: number, maxMs: number): Partial<GatePorts> => ({
    database: {
      query: (async (sql: string) =>
        sql.includes("pg_extension")
          ? [{ schema: "extensions", loaded: 1, now: new Date() }]
          : [
              {
                since: countersSince,
                evicted: 0,
                entries: [
                  {
                    key: "1:authenticated",
                    role: "authenticated",
                    query: "select 1",
                    calls: callCount,
                    totalMs: callCount * ms,
                    squares: callCount * ms * ms,
                    maxMs,
                    rows: 1,
                    hit: 1,
                    read: 0,
                  },
                ],
              },
            ]) as GatePorts["database"]["query"],
      rehearse: async () => {
        throw new Error("not here");
      },
    },
  });

  it("notes the counters once per release, and judges by their growth from then on", async () => {
    const first = await ask(databaseP95, { ports: counters(1_000_000, 5, 9000) });
    expect(first).toMatchObject({
      kind: "inconclusive",
      reason: expect.stringContaining("they are noted now"),
      figures: { statements: { totals: { "1:authenticated": [1_000_000, 5_000_000, 25_000_000] } } },
    });
    const figures = "figures" in first ? first.figures : null;
    const noted = record({ release: "r3", figures: { "database-p95": figures } }, ago(hour), "verify");
    const again = await ask(databaseP95, {
      records: [noted],
      ports: counters(1_000_400, 5, 9000),
    });
    expect(again).toMatchObject({
      kind: "pass",
      evidence: { source: "pg_stat_statements", bad: 0, total: 400, atMost: true },
    });
    expect(
      reasonOf(await ask(databaseP95, { records: [noted], ports: counters(1_000_010, 5, 9000) })),
    ).toContain("0 of 10 queries");
    const other = record({ release: "r2", figures: { "database-p95": figures } }, ago(hour), "verify");
    expect(
      reasonOf(await ask(databaseP95, { records: [other], ports: counters(1_000_400, 5, 9000) })),
    ).toContain("they are noted now");
  });

  it("never says no by a bound: it is inconclusive, with the slowest statement", async () => {
    const young = { ...release, recordedAt: ago(2000 * hour) };
    const slow = await ask(databaseP95, { release: young, ports: counters(1000, 800, 900) });
    expect(reasonOf(slow)).toContain(
      "at most 1000 of 1000 queries took 500 ms or longer (slowest: p95 at most",
    );
  });
});

describe("push-success", () => {
  const log = (row: Record<string, unknown>): Partial<GatePorts> => ({
    database: {
      query: (async (sql: string) =>
        sql.includes("to_regclass")
          ? [{ there: true }]
          : [
              { accepted: 0, delivered: 0, gone: 0, failed: 0, lost: 0, stuck: 0, reasons: {}, ...row },
            ]) as never,
      rehearse: (async () => undefined) as never,
    },
  });

  it("counts what was lost or never sent as failed, and leaves out devices that are gone", async () => {
    const verdict = await ask(pushSuccess, {
      ports: log({ accepted: 97, delivered: 40, gone: 30, lost: 1, stuck: 2 }),
    });
    expect(reasonOf(verdict)).toContain(
      "3 of 100 notifications failed (40 reported as delivered, 30 to devices that are gone left out, 1 without an answer, 2 never sent)",
    );
    expect(await ask(pushSuccess, { ports: log({ accepted: 59 }) })).toMatchObject({ kind: "pass" });
    expect(await ask(pushSuccess, { ports: log({ accepted: 58 }) })).toMatchObject({ kind: "inconclusive" });
  });

  it("fails when FCM refuses the credentials, whatever was sent before", async () => {
    const secrets = new Map([["FCM_SERVICE_ACCOUNT", {}]]) as unknown as NonNullable<World["secrets"]>;
    const refusing: Partial<GatePorts> = {
      ...log({ accepted: 500 }),
      push: { validate: async () => ({ kind: "refused", why: "refuses the message" }) },
    };
    expect(await ask(pushSuccess, { secrets, ports: refusing })).toMatchObject({
      kind: "fail",
      findings: [{ detail: "FCM: refuses the message" }],
    });
    const silent: Partial<GatePorts> = {
      ...log({ accepted: 500 }),
      push: { validate: async () => ({ kind: "unclear", why: "answers 503" }) },
    };
    expect(await ask(pushSuccess, { secrets, ports: silent })).toMatchObject({
      kind: "pass",
      evidence: { others: ["FCM: answers 503"] },
    });
  });
});
