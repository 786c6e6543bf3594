import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { Secret } from "../../core/secret.ts";
import { renderInvocation } from "../invocation.ts";
import { judgeLoad } from "./judge-load.ts";
import { assembleK6, isK6Supported, parseK6Version } from "./k6-invocation.ts";
import { assembleK6Result, type K6Outcome, type K6Summary, parseK6Summary } from "./k6-summary.ts";
import type { LoadPlan, LoadResult } from "./result.ts";

const limits = { limitMs: 2000, errorShare: 0.01 };
const plan: LoadPlan = {
  what: "functions",
  scenario: "momentum-calculator",
  profile: "constant",
  rate: 50,
  durationMs: 4000,
  warmUpMs: 0,
  limitMs: 2000,
  planned: 200,
};

function read(name: string): K6Summary {
  const summary = parseK6Summary(readFileSync(`tests/fixtures/k6/${name}.json`, "utf8"));
  if (summary == null) throw new Error(`${name} cannot be read`);
  return summary;
}

function resultOf(name: string, planned: number, exitCode = 0): LoadResult {
  return assembleK6Result({
    version: "2.2.0",
    plan: { ...plan, planned },
    summary: read(name),
    exitCode,
    inFlightLimit: 50,
  });
}

describe("summaries that k6 left", () => {
  it("reads counts and percentiles of a run that went well", () => {
    const result = resultOf("summary-passing", 200);
    expect(result.all).toEqual({ total: 201, failed: 0, over: 0 });
    expect(result.latency).toMatchObject({ p50: 65.197709, p95: 107.200593, p99: 109.662401 });
    // 201 without a failure do not show < 1 %.
    expect(judgeLoad(result, limits).kind).toBe("inconclusive");
  });

  it("reads the payload of handleSummary, whose thresholds say it the other way round", () => {
    const summary = read("handle-summary");
    expect(summary.crossed).toEqual(["http_req_duration: p(95)<5"]);
    expect(summary.metrics.get("http_reqs")?.["count"]).toBe(79);
  });

  it("fails a target that was down though every threshold held and the exit code was 0", () => {
    const result = resultOf("summary-target-down", 25_595);
    expect(read("summary-target-down").crossed).toEqual([]);
    expect(result.all).toEqual({ total: 25_595, failed: 25_595, over: 25_595 });
    expect(judgeLoad(result, limits).kind).toBe("fail");
  });

  it("does not pass a generator that dropped a quarter of its arrivals", () => {
    const result = resultOf("summary-saturated", 1200, 99);
    expect(result.generator.dropped).toBe(319);
    expect(result.ending).toEqual({ kind: "completed" });
    expect(result.crossed).toEqual(["http_reqs: count>=1000"]);
    expect(judgeLoad(result, limits)).toMatchObject({ kind: "inconclusive", measurements: [] });
  });

  it("fails what the script's thresholds fail, and tells a run that they stopped", () => {
    const { metrics, ...rest } = read("summary-passing");
    const crossing = { ...rest, metrics, crossed: ["checks: rate>0.99"] };
    const outcome = { version: "2.2.0", plan, summary: crossing, exitCode: 99, inFlightLimit: 50 };
    const whole = assembleK6Result({ ...outcome, plan: { ...plan, planned: 201 } });
    expect(whole.ending).toEqual({ kind: "completed" });
    expect(judgeLoad(whole, limits)).toMatchObject({
      kind: "fail",
      lines: [
        { id: "thresholds", kind: "fail", text: "the script's thresholds: checks: rate>0.99" },
        {},
        {},
        {},
      ],
    });
    const cut = assembleK6Result({ ...outcome, plan: { ...plan, planned: 2000 } });
    expect(cut.ending).toEqual({
      kind: "stopped",
      why: "k6 ended with 99: thresholds were crossed; checks: rate>0.99",
    });
    const failed = assembleK6Result({ ...outcome, summary: { ...crossing, crossed: [] }, exitCode: 110 });
    expect(failed.crossed).toEqual(["k6 ended with 110: the script failed the run: exec.test.fail()"]);
  });

  it("does not pass what k6 ended well and did not do", () => {
    const run = (changed: Partial<K6Outcome>) =>
      assembleK6Result({
        version: "2.2.0",
        plan: { ...plan, planned: 201 },
        summary: read("summary-passing"),
        exitCode: 0,
        inFlightLimit: 50,
        ...changed,
      });
    const doubtsOf = (changed: Partial<K6Outcome>) => {
      const result = run(changed);
      expect(judgeLoad(result, { ...limits, errorShare: 0.5 }).kind).toBe(
        (result.doubts ?? []).length === 0 ? "pass" : "inconclusive",
      );
      return result.doubts;
    };
    expect(doubtsOf({})).toEqual([]);
    expect(doubtsOf({ errors: ["ReferenceError: x is not defined", "again"] })).toEqual([
      "k6 logged 2 errors: ReferenceError: x is not defined",
    ]);
    expect(doubtsOf({ plan: { ...plan, planned: 300 } })).toEqual(["201 of 300 arrivals were begun"]);
    const typo = '{"med":0,"max":0,"p(95)":0,"count":0,"thresholds":{"p(95)<1":false}}';
    const text = readFileSync("tests/fixtures/k6/summary-passing.json", "utf8");
    const summary = parseK6Summary(
      text.replace('"metrics": {', `"metrics": {"http_req_duration{name:nope}":${typo},`),
    );
    expect(doubtsOf({ summary: summary! })).toEqual([
      "no samples for http_req_duration{name:nope}, which has thresholds",
    ]);
    expect(doubtsOf({ exitCode: 108 })).toEqual([
      "k6 ended with 108: the script stopped the run: exec.test.abort()",
    ]);
    expect(doubtsOf({ exitCode: 255 })).toEqual(["k6 ended with 255: k6 could not run it"]);
    expect(run({ exitCode: 105 }).ending).toEqual({ kind: "interrupted" });
  });

  it.each(["", "{", "null", "[]", '{"metrics":null}', '{"metrics":{"http_reqs":3}}'])(
    "takes %j for none",
    (text) => {
      expect(parseK6Summary(text)).toBeNull();
    },
  );

  it("calls a summary without samples inconclusive", () => {
    const summary = parseK6Summary('{"metrics":{}}');
    if (summary == null) throw new Error("not read");
    const result = assembleK6Result({ version: "0.49.0", plan, summary, exitCode: 0, inFlightLimit: 50 });
    expect(judgeLoad(result, limits)).toMatchObject({ kind: "inconclusive", lines: [{ id: "samples" }] });
  });
});

describe("the invocation of k6", () => {
  it("knows the versions it can drive", () => {
    expect(parseK6Version("k6 v0.49.0 (2024-01-29T10:11:43+0000/v0.49.0, go1.21.6, linux/amd64)")).toBe(
      "0.49.0",
    );
    expect(parseK6Version("k6 v2.2.0 (commit/abc, go1.25.0, linux/amd64)")).toBe("2.2.0");
    expect(parseK6Version("command not found")).toBeNull();
    expect(["0.48.9", "0.49.0", "1.0.0", "2.2.0"].map(isK6Supported)).toEqual([false, true, true, true]);
  });

  it("keeps tokens out of the arguments and of what is shown", () => {
    const invocation = assembleK6({
      plan,
      stages: [{ durationMs: 4000, from: 50, to: 50 }],
      script: "loadtests/momentum-calculator.js",
      summary: "out.json",
      url: "http://127.0.0.1:1",
      publishableKey: "public",
      tokens: [new Secret("token-of-ana")],
      run: "r",
      errorShare: 0.01,
      inFlightLimit: 50,
      home: "home",
      path: "/bin",
    });
    expect(invocation.args.join(" ")).not.toContain("token-of-ana");
    expect(renderInvocation(invocation)).not.toContain("token-of-ana");
    expect(invocation.env?.["K6_AUTO_EXTENSION_RESOLUTION"]).toBe("false");
  });
});
