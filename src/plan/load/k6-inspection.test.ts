import { describe, expect, it } from "vitest";
import { describeK6Exit, judgeK6Exit, readK6Errors } from "./k6-exit.ts";
import {
  judgeAlone,
  judgeK6Script,
  parseGoDuration,
  parseK6Inspection,
  planScript,
} from "./k6-inspection.ts";
import { isFunctionEndpoint, parseK6Sample } from "./k6-sample.ts";
import type { LoadPlan } from "./result.ts";

const constant = {
  executor: "constant-arrival-rate",
  startTime: "3s",
  gracefulStop: null,
  exec: "measured",
  duration: "30s",
  rate: 1200,
  timeUnit: "1m0s",
  preAllocatedVUs: 100,
  maxVUs: 100,
};
const inspection = (changed: object = {}) =>
  JSON.stringify({
    paused: null,
    scenarios: { measured: constant },
    thresholds: { bee_slow: ["rate<0.05"], http_req_failed: [{ threshold: "rate<0.5", abortOnFail: true }] },
    totalDuration: "1m3s",
    maxVUs: 100,
    ...changed,
  });
const plan: LoadPlan = {
  what: "functions",
  scenario: "own.js",
  profile: "spike",
  rate: 1,
  durationMs: 1,
  warmUpMs: 1,
  limitMs: 2000,
  planned: 1,
};

describe("what k6 says of a script", () => {
  it("tells the load that a script will offer, without its warm-up", () => {
    const ramping = {
      executor: "ramping-arrival-rate",
      startRate: 10,
      timeUnit: "1s",
      stages: [
        { target: 50, duration: "10s" },
        { target: 50, duration: "500ms" },
      ],
    };
    const warmUp = { ...constant, duration: "5s" };
    const read = parseK6Inspection(inspection({ scenarios: { warmUp, measured: constant, peak: ramping } }));
    expect(judgeK6Script(read!)).toBeNull();
    expect(planScript(plan, read!)).toEqual({
      ...plan,
      profile: "constant",
      rate: 70,
      durationMs: 30_000,
      warmUpMs: 5000,
      planned: 600 + 300 + 25,
    });
  });

  it.each([
    ["has no thresholds", { thresholds: null }],
    ["has no thresholds", { thresholds: { checks: [] } }],
    [
      "its scenario default does not begin calls at fixed times",
      { scenarios: { default: { executor: "constant-vus", vus: 3, duration: "5s" } } },
    ],
    ["no scenario besides the warm-up", { scenarios: { warmUp: constant } }],
  ])("refuses a script: %s", (why, changed) => {
    expect(judgeK6Script(parseK6Inspection(inspection(changed))!)).toContain(why);
  });

  it("wants a script that nobody else judges to see failures, not only latency", () => {
    const only = (...names: string[]) =>
      judgeAlone(
        parseK6Inspection(
          inspection({ thresholds: Object.fromEntries(names.map((name) => [name, ["x"]])) }),
        )!,
      );
    expect(only("http_req_duration", "http_reqs")).toContain("a target that is down would pass");
    expect(only("http_req_failed")).toBeNull();
    expect(only("checks{name:f}")).toBeNull();
  });

  it.each(["", "null", "{}", '{"scenarios":{},"totalDuration":5}'])("takes %j for no answer", (text) => {
    expect(parseK6Inspection(text)).toBeNull();
  });

  it("reads durations as Go writes them", () => {
    expect(["33s", "1m33s", "1h0m0.5s", "500ms", "0s"].map(parseGoDuration)).toEqual([
      33_000, 93_000, 3_600_500, 500, 0,
    ]);
    expect(["", "5", "5 s", "s5"].map(parseGoDuration)).toEqual([null, null, null, null]);
  });
});

describe("how k6 ends", () => {
  it.each([
    [0, "ended"],
    [99, "fail"],
    [110, "fail"],
    [104, "refused"],
    [107, "refused"],
    [105, "interrupted"],
    [97, "unsure"],
    [103, "unsure"],
    [108, "unsure"],
    [255, "unsure"],
    [77, "unsure"],
  ] as const)("%i: %s", (exitCode, judged) => {
    expect(judgeK6Exit(exitCode)).toBe(judged);
  });

  it("is told in words", () => {
    expect(describeK6Exit(98)).toBe("k6 ended with 98: the run's progress in the cloud was lost");
    expect(describeK6Exit(77)).toBe("k6 ended with 77: unknown");
  });

  it("counts errors that were logged, but for the one that repeats the exit code", () => {
    const stderr = [
      '{"level":"warning","msg":"Request Failed"}',
      '{"error":"x","level":"error","msg":"ReferenceError: \\"y\\" is not defined","time":"now"}',
      '{"level":"error","msg":"thresholds on metrics \'checks, http_req_failed\' have been crossed"}',
      "no JSON",
    ].join("\n");
    expect(readK6Errors(stderr)).toEqual(['ReferenceError: \\"y\\" is not defined']);
  });
});

describe("samples that k6 prints", () => {
  const line = (metric: string, value: number, tags: object) =>
    JSON.stringify({ metric, type: "Point", data: { time: "2026-11-30T03:56:13.766123456Z", value, tags } });
  const at = Date.parse("2026-11-30T03:56:13.766Z");

  it("are read of bee's scripts by their own metric, of others by k6's", () => {
    expect(parseK6Sample(line("bee_latency", 12.5, { endpoint: "f", scenario: "measured" }), "own")).toEqual({
      endpoint: "f",
      atMs: at,
      tookMs: 12.5,
      failure: null,
    });
    const named = { name: "https://x/functions/v1/f", status: "503", expected_response: "false" };
    expect(parseK6Sample(line("http_req_duration", 3, named), "other")).toMatchObject({
      endpoint: "https://x/functions/v1/f",
      failure: "503",
    });
    expect(parseK6Sample(line("http_req_duration", 3, named), "own")).toBeNull();
    expect(isFunctionEndpoint("https://x/functions/v1/f")).toBe(true);
    expect(isFunctionEndpoint("https://x/rest/v1/f")).toBe(false);
  });

  it("name errors as bee's own engine does", () => {
    const failureOf = (failure: string) =>
      parseK6Sample(line("bee_latency", 1, { endpoint: "f", failure }), "own")?.failure;
    expect(["401", "1212", "1101", "1050", "1300", "body"].map(failureOf)).toEqual([
      "401",
      "ECONNREFUSED",
      "ENOTFOUND",
      "timeout",
      "1300",
      "body",
    ]);
    const refused = { name: "u", status: "0", error_code: "1212", expected_response: "false" };
    expect(parseK6Sample(line("http_req_duration", 0, refused), "other")?.failure).toBe("ECONNREFUSED");
  });

  it.each([
    "",
    "running (00m01s)",
    '{"bee_latency"',
    '{"metric":"bee_latency","type":"Metric","data":{"type":"trend"}}',
  ])("leave %j", (text) => {
    expect(parseK6Sample(text, "own")).toBeNull();
  });
});
