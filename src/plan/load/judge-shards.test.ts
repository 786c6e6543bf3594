import { describe, expect, it } from "vitest";
import { judgeShards, type ShardFile, type ShardTask } from "./judge-shards.ts";
import type { LoadPart } from "./part.ts";
import { nameFiles, type ShardReport } from "./shard.ts";

const run = "0123456789abcdef";
const part: LoadPart = {
  ending: { kind: "completed" },
  endpoints: [{ name: "f", isFunction: true, total: 3, failed: 0, over: 0, latency: [5000, 2, 9000, 1] }],
  service: [4000, 3],
  failures: [],
  sliceMs: 1000,
  slices: [{ index: 0, total: 3, failed: 0, latency: [5000, 2, 9000, 1], buckets: [0, 0, 0, 3] }],
  generator: {
    started: 3,
    late: 0,
    displaced: 0,
    latestMs: 1,
    loopDelayMs: 0,
    dropped: 0,
    inFlight: 1,
    inFlightLimit: 10,
  },
};

function report(index: number, changed: Partial<Extract<ShardReport, { kind: "ran" }>> = {}): ShardReport {
  return {
    kind: "ran",
    schemaVersion: 1,
    run,
    execution: "bee-loadtest-x1",
    index,
    shards: 2,
    attempt: 0,
    part,
    ...changed,
  };
}

function file(of: ShardReport, name = nameFiles(run).report(of)): ShardFile {
  return { name, text: JSON.stringify(of) };
}

const judge = (files: readonly ShardFile[], tasks: readonly ShardTask[] = []) =>
  judgeShards({ run, shards: 2, files, tasks });
const stopped = { ...part, ending: { kind: "stopped", why: "it hung" } as const };

describe("what shards left", () => {
  it("is the whole when each left its part, also when the platform does not say how they ended", () => {
    const both = [file(report(0)), file(report(1))];
    expect(judge(both)).toMatchObject({ parts: [{ index: 0 }, { index: 1 }], faults: [] });
    const ended = [0, 1].map((index) => ({ index, exitCode: 0, signal: null }));
    expect(judge(both, ended).faults).toEqual([]);
  });

  it("is no fault when all were stopped by what they met, which their exit code says too", () => {
    const both = [0, 1].map((index) => file(report(index, { part: stopped })));
    const ended = [0, 1].map((index) => ({ index, exitCode: 99, signal: null }));
    expect(judge(both, ended)).toMatchObject({ parts: [{ index: 0 }, { index: 1 }], faults: [] });
  });

  it.each([
    ["shard 1 left no result", [file(report(0))], []],
    [
      "shard 1 left no result (exit code 78: it could not read what to do)",
      [file(report(0))],
      [{ index: 1, exitCode: 78, signal: null }],
    ],
    [
      "shard 1 left 2 results: its load was sent more than once",
      [file(report(0)), file(report(1)), file(report(1, { execution: "bee-loadtest-x2" }))],
      [],
    ],
    [
      "shard 1 was begun anew by the platform: its load was sent more than once",
      [file(report(0)), file(report(1, { attempt: 1 }))],
      [],
    ],
    [
      "shard 1 has counts that do not add up",
      [file(report(0)), file(report(1, { part: { ...part, service: [4000, 2] } }))],
      [],
    ],
    [
      "shard 1 failed (exit code 1)",
      [file(report(0)), file(report(1))],
      [{ index: 1, exitCode: 1, signal: null }],
    ],
    [
      "shard 1: its result is another shard's",
      [file(report(0)), file(report(0), nameFiles(run).report(report(1)))],
      [],
    ],
    [
      "shard 1: its result is of another run",
      [file(report(0)), { ...file(report(1)), text: JSON.stringify(report(1, { shards: 3 })) }],
      [],
    ],
    [
      "shard 1 was interrupted",
      [file(report(0)), file(report(1, { part: { ...part, ending: { kind: "interrupted" } } }))],
      [{ index: 1, exitCode: 105, signal: null }],
    ],
    [
      "shard 1 stopped and the others did not: it hung",
      [file(report(0)), file(report(1, { part: stopped }))],
      [],
    ],
    [
      "bee-load-0123456789abcdef-shard-7-0-x.json is of no shard of this run",
      [file(report(0)), file(report(1)), { name: "bee-load-0123456789abcdef-shard-7-0-x.json", text: "{}" }],
      [],
    ],
  ] as const)("is not whole: %s", (fault, files, tasks) => {
    expect(judge(files, tasks).faults).toEqual([fault]);
  });

  it("is not believed when figures are none", () => {
    for (const text of ["", "null", "[]", JSON.stringify(report(1)).replace('"started":3', '"started":-3')]) {
      const { faults } = judge([file(report(0)), { ...file(report(1)), text }]);
      expect(faults).toEqual(["shard 1: its result cannot be read, as if it were cut off"]);
    }
  });
});
