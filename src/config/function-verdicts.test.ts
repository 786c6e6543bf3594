import { describe, expect, it } from "vitest";
import { type FunctionVerdict, judgeVerdicts } from "../plan/function-verdict.ts";
import { formatVerdicts, parseVerdicts } from "./function-verdicts.ts";

const record: FunctionVerdict = {
  function: "digest",
  verdict: "KEEP",
  by: "Ada: Lead",
  at: "2026-05-04",
  sourceHash: `0e${"1".repeat(62)}`,
  evidence: "called by the app # and by cron",
};

describe("verdict records", () => {
  it("read back as they were written, hashes that look like numbers too, under the old heading", () => {
    const zeros: FunctionVerdict = { ...record, function: "batch", sourceHash: "0".repeat(64) };
    const text = formatVerdicts([record, zeros], "# Ours.\nschemaVersion: 1\n");
    expect(text.startsWith("# Ours.\nschemaVersion: 1\n")).toBe(true);
    expect(parseVerdicts(text)).toEqual({ verdicts: [zeros, record] });
  });

  it("are refused with every mistake in them", () => {
    expect(parseVerdicts("verdicts: [")).toHaveProperty("mistakes");
    expect(parseVerdicts("schemaVersion: 1\nverdicts:\n  - {function: a, verdict: MAYBE}\n")).toEqual({
      mistakes: expect.arrayContaining([
        expect.stringMatching(/^verdicts\.0\.verdict: /),
        expect.stringMatching(/^verdicts\.0\.by: /),
      ]),
    });
    expect(parseVerdicts(formatVerdicts([record, record], ""))).toEqual({
      mistakes: ["digest is decided twice"],
    });
  });

  it("hold for the source they were made on", () => {
    const judge = (hash: string | null, verdicts: readonly FunctionVerdict[]) =>
      judgeVerdicts(new Map([["digest", hash]]), verdicts).map(({ problem }) => problem);
    expect(judge(record.sourceHash, [record])).toEqual([]);
    expect(judge("another", [record])).toEqual(["stale"]);
    expect(judge(record.sourceHash, [])).toEqual(["undecided"]);
    expect(judge(null, [{ ...record, verdict: "DELETE", sourceHash: null }])).toEqual(["deleted"]);
    expect(judgeVerdicts(new Map(), [{ ...record, verdict: "DELETE" }])).toEqual([]);
  });
});
