import { formatSpan } from "./choose-restore-point.ts";
import type { EvidenceRecord } from "./evidence-record.ts";

interface DumpRate {
  readonly bytes: number;
  readonly ms: number;
  readonly at: string;
}

/** Carefully low: compressed bytes of a dump per ms, and what every one costs. */
const assumed = { rate: 1_000, fixedMs: 2_000 };

/** Of the newest record that brought a dump back (`dump: {bytes, ms}`); `records` are newest first. */
export function readDumpRate(records: readonly EvidenceRecord[]): DumpRate | null {
  for (const { at, body } of records) {
    const measured = body["dump"];
    if (measured == null || typeof measured !== "object") continue;
    const { bytes, ms } = measured as { readonly bytes?: unknown; readonly ms?: unknown };
    if (typeof bytes === "number" && typeof ms === "number" && bytes > 0) return { bytes, ms, at };
  }
  return null;
}

/** How long the app waits while a dump of so many bytes is brought back, and where that is known from. */
export function estimateDumpRestore(bytes: number, rate: DumpRate | null) {
  const rtoMs = Math.round(
    rate == null ? assumed.fixedMs + bytes / assumed.rate : rate.ms * Math.max(1, bytes / rate.bytes),
  );
  const source =
    rate == null ? "at an assumed rate; none was measured yet" : `as fast as the one of ${rate.at}`;
  return {
    rtoMs,
    basis: rate == null ? ("assumed" as const) : ("measured" as const),
    line: `the app waits for about ${formatSpan(rtoMs)}, ${source}`,
  };
}
