import type { RestoreRate } from "./choose-restore-point.ts";
import type { EvidenceRecord } from "./evidence-record.ts";

/** Kinds of evidence whose body may tell how fast a restore was: `restore: {bytes, ms}`. */
export const restoreEvidence = ["restore", "drill"] as const;

/** Of the newest record that measured a restore; `records` are newest first. */
export function readRestoreRate(records: readonly EvidenceRecord[]): RestoreRate | null {
  for (const { at, body } of records) {
    const measured = body["restore"];
    if (measured == null || typeof measured !== "object") continue;
    const { bytes, ms } = measured as { readonly bytes?: unknown; readonly ms?: unknown };
    if (typeof bytes === "number" && typeof ms === "number" && bytes > 0) return { bytes, ms, at };
  }
  return null;
}
