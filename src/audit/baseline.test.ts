import { describe, expect, it } from "vitest";
import type { Finding } from "../core/verdict.ts";
import { applyBaseline, assembleBaseline, type Baseline } from "./baseline.ts";

const finding = (key: string): Finding => ({
  key,
  rule: "rule",
  severity: "error",
  subject: "subject",
  detail: "detail",
  fix: "fix",
});

const baseline: Baseline = {
  schemaVersion: 1,
  accepted: [
    { key: "a", until: "2026-06-30", reason: "known" },
    { key: "b", until: "2026-01-31", reason: "known" },
    { key: "gone", until: "2026-12-31", reason: "known" },
  ],
};

describe("applyBaseline", () => {
  it("sets aside what is accepted, until its last day", () => {
    const judged = applyBaseline([finding("a"), finding("b"), finding("c")], baseline, "2026-06-30");
    expect(judged.findings.map(({ key }) => key)).toEqual(["b", "c"]);
    expect(judged.accepted.map(({ key }) => key)).toEqual(["a"]);
    expect(judged.expired.map(({ key }) => key)).toEqual(["b"]);
    expect(judged.unused.map(({ key }) => key)).toEqual(["gone"]);
  });
});

describe("assembleBaseline", () => {
  it("accepts what is found for 90 days, and keeps what still holds", () => {
    const { accepted } = assembleBaseline([finding("c"), finding("a"), finding("b")], baseline, "2026-02-01");
    expect(accepted).toEqual([
      { key: "a", until: "2026-06-30", reason: "known" },
      { key: "b", until: "2026-05-02", reason: "there when the baseline was written" },
      { key: "c", until: "2026-05-02", reason: "there when the baseline was written" },
    ]);
  });
});
