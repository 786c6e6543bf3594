import { describe, expect, it } from "vitest";
import { type DrillRecord, describeDrill, judgeDrill, readLastDrill } from "./drill.ts";
import type { EvidenceRecord } from "./evidence-record.ts";

const body: DrillRecord = {
  ok: true,
  problems: [],
  releaseFrom: "r2",
  releaseTo: "r1",
  minutes: { copy: 0.05, compare: 0.01, functions: 0.02, database: 1.25, restore: 0.06 },
  method: "files",
  rows: 10,
  bytes: 1000,
  catalogFingerprint: "f",
  restore: { bytes: 1000, ms: 3600 },
  tools: { bee: "1" },
};
const at = "2026-01-01T00:00:00.000Z";
const day = 86_400_000;
const now = Date.parse(at);

function record(seq: number, more: Partial<EvidenceRecord> = {}): EvidenceRecord {
  return { seq, at, kind: "drill", actor: "ana@laptop", body: { ...body }, prior: null, sha256: "", ...more };
}

describe("the last drill", () => {
  it("is the newest record of its kind that can be read", () => {
    expect(readLastDrill([])).toBeNull();
    expect(readLastDrill([record(1, { kind: "verify" }), record(2, { body: { ok: true } })])).toBeNull();
    const newest = record(3, { actor: "ben@ci", body: { ...body, rows: 11 } });
    expect(readLastDrill([record(1), newest, record(2), record(4, { body: {} })])).toEqual({
      ...body,
      rows: 11,
      at,
      actor: "ben@ci",
    });
  });

  it("is told in one line", () => {
    const drill = readLastDrill([record(1)]);
    expect(describeDrill(null, now)).toBe("never rehearsed");
    expect(describeDrill(drill, now + 60_000)).toBe(
      "rehearsed within the hour by ana@laptop: everything came back; functions 1.2 s, database 1.3 min, restore 3.6 s",
    );
    const failed = readLastDrill([
      record(1, { body: { ...body, ok: false, problems: ["a", "b"], minutes: { copy: 1 } } }),
    ]);
    expect(describeDrill(failed, now + 3 * day)).toBe("rehearsed 3 days ago by ana@laptop: 2 problems");
    expect(describeDrill(failed, now + day)).toContain("1 day ago");
    expect(describeDrill(failed, now + 3_600_000)).toContain("1 hour ago");
    expect(describeDrill(failed, now + 7_300_000)).toContain("2 hours ago");
  });

  it("counts for 90 days, and only when it ended well", () => {
    const details = (body: DrillRecord, later: number): readonly string[] =>
      judgeDrill(readLastDrill([record(1, { body: { ...body } })]), now + later).map(({ detail }) => detail);
    expect(judgeDrill(null, now)).toEqual([
      {
        key: "recovery-untested:none",
        rule: "recovery-untested",
        severity: "error",
        subject: "drill",
        detail: "the way back was never rehearsed on this target",
        fix: "bee rollback --drill",
      },
    ]);
    expect(details(body, 90 * day)).toEqual([]);
    expect(details(body, 90 * day + 1)).toEqual(["the last drill is 91 days old; it holds for 90"]);
    expect(details({ ...body, ok: false, problems: ["public.a is missing", "late"] }, 91 * day)).toEqual([
      "the last drill is 91 days old; it holds for 90",
      `the last drill (${at}) failed: public.a is missing; late`,
    ]);
  });
});
