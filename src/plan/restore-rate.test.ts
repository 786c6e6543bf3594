import { expect, it } from "vitest";
import type { EvidenceRecord } from "./evidence-record.ts";
import { readRestoreRate } from "./restore-rate.ts";

const record = (at: string, body: EvidenceRecord["body"]): EvidenceRecord => ({
  seq: 1,
  at,
  kind: "drill",
  actor: "test",
  body,
  prior: null,
  sha256: "",
});

it("reads the newest record that measured a restore, whatever else others hold", () => {
  const told = [
    record("2026-05-03", { restore: "soon" }),
    record("2026-05-02", { restore: { bytes: 0, ms: 1 } }),
    record("2026-05-01", { restore: { bytes: 1000, ms: 20 } }),
    record("2026-04-30", { restore: { bytes: 1, ms: 1 } }),
  ];
  expect(readRestoreRate(told)).toEqual({ bytes: 1000, ms: 20, at: "2026-05-01" });
  expect(readRestoreRate([])).toBe(null);
});
