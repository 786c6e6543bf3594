import type { EvidenceRecord } from "./evidence-record.ts";

/** Findings that runs of `bee verify` recorded: key → scope, of the newest run that saw it. Records newest first. */
export function readFoundKeys(records: readonly EvidenceRecord[]): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const { body } of records) {
    const findings: unknown = body["findings"];
    if (!Array.isArray(findings)) continue;
    for (const finding of findings) {
      if (finding == null || typeof finding !== "object") continue;
      const { key, scope } = finding as Record<string, unknown>;
      if (typeof key === "string" && typeof scope === "string" && !keys.has(key)) keys.set(key, scope);
    }
  }
  return keys;
}
