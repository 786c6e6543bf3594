import { describe, expect, it } from "vitest";
import { isConsistent, type LoadPart, partSchema } from "../../plan/load/part.ts";
import type { LoadPlan } from "../../plan/load/result.ts";
import { assembleResult, assembleSecond, assembleShard } from "./assemble-result.ts";
import { createRecorder } from "./recorder.ts";

const plan: LoadPlan = {
  what: "functions",
  scenario: "test",
  profile: "constant",
  rate: 100,
  durationMs: 4000,
  warmUpMs: 0,
  limitMs: 100,
  planned: 400,
};

/** 400 calls of 1 to 400 ms, each fortieth failed, split over `count` generators as the shards split them. */
function record(count: number): readonly LoadPart[] {
  return Array.from({ length: count }, (_, index) => {
    const recorder = createRecorder(plan);
    for (let n = index; n < 400; n += count) {
      recorder.add({
        endpoint: { name: n % 3 === 0 ? "f" : "g", isFunction: n % 3 === 0 },
        dueMs: n * 10,
        latencyMs: n + 1,
        serviceMs: (n + 1) / 2,
        failure: n % 40 === 0 ? "500" : null,
      });
    }
    const late = index === 0 ? 4 : 0;
    const generator = {
      started: 400 / count,
      late,
      displaced: 0,
      latestMs: 3 * index,
      loopDelayMs: index,
      dropped: 0,
      inFlight: 2,
      inFlightLimit: 10,
    };
    return { ending: { kind: "completed" }, ...recorder.read(), generator };
  });
}

const assemble = (parts: readonly LoadPart[]) => assembleResult({ engine: "test", plan, parts });

describe("parts of a run", () => {
  it("add up to what one generator would have seen", () => {
    const [whole, merged] = [assemble(record(1)), assemble(record(4))];
    const { generator, ...figures } = merged;
    expect(figures).toEqual({ ...whole, generator: undefined });
    expect(merged.all).toEqual({ total: 400, failed: 10, over: 304 });
    expect(merged.latency).toMatchObject({ p50: expect.closeTo(200, 0), max: 400 });
    expect(generator).toEqual({
      lateShare: 0.01,
      displacedShare: 0,
      latestMs: 9,
      loopDelayMs: 3,
      dropped: 0,
      inFlight: 8,
      inFlightLimit: 40,
    });
  });

  it("keep their own figures", () => {
    const shards = record(4).map((part, index) => assembleShard(index, part));
    expect(shards.map(({ total, failed, lateShare }) => [total, failed, lateShare])).toEqual([
      [100, 10, 0.04],
      [100, 0, 0],
      [100, 0, 0],
      [100, 0, 0],
    ]);
  });

  it("are whole after a way through JSON, and are seen not to be when something is missing", () => {
    const [part] = record(1);
    const read = partSchema.parse(JSON.parse(JSON.stringify(part)));
    expect(read).toEqual(part);
    expect(isConsistent(read)).toBe(true);
    expect(isConsistent({ ...read, endpoints: read.endpoints.slice(1) })).toBe(false);
    expect(isConsistent({ ...read, service: read.service.slice(2) })).toBe(false);
  });

  it("end as the worst of them did", () => {
    const [one, other] = record(2);
    const ends = (...kinds: ("completed" | "interrupted")[]) =>
      assemble(
        [one, other].flatMap((part, at) => (part == null ? [] : [{ ...part, ending: { kind: kinds[at]! } }])),
      ).ending.kind;
    expect(ends("completed", "completed")).toBe("completed");
    expect(ends("completed", "interrupted")).toBe("interrupted");
    const stopped = [{ ...one!, ending: { kind: "stopped", why: "it hung" } as const }, other!];
    expect(assemble(stopped).ending).toEqual({ kind: "stopped", why: "it hung" });
  });

  it("add up by the second", () => {
    const second = { ended: 2, failed: 1, inFlight: 3, latency: [1000, 1, 50_000, 1] };
    const slow = { ...second, latency: [2_000_000, 2] };
    expect(assembleSecond([second, slow])).toMatchObject({ ended: 4, failed: 2, inFlight: 6 });
    expect(assembleSecond([second, slow]).p95).toBeCloseTo(2000, -2);
    expect(assembleSecond([])).toEqual({ ended: 0, failed: 0, inFlight: 0, p95: 0 });
  });
});
