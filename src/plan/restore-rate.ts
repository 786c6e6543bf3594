import type { RestoreRate } from "./choose-restore-point.ts";
import type { EvidenceKind, EvidenceRecord } from "./evidence-record.ts";

/**
 * Kinds of evidence whose body may tell how fast a restore is: `restore: {bytes, ms}`. A drill restores a copy on this
 * machine, which says nothing of a hosted project.
 */
export function chooseRestoreEvidence(hosted: boolean): readonly EvidenceKind[] {
  return hosted ? ["restore"] : ["restore", "drill"];
}

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
