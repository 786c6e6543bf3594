import { sha256 } from "../../plan/digest.ts";
import { type EvidenceRecord, findChainBreak, renderEntry } from "../../plan/evidence-record.ts";
import type { EvidenceLog } from "../evidence-log.ts";

interface MemoryEvidenceLog extends EvidenceLog {
  /** Oldest first. */
  readonly state: { readonly records: EvidenceRecord[] };
}

export function createMemoryEvidenceLog(now: () => number = Date.now): MemoryEvidenceLog {
  const records: EvidenceRecord[] = [];
  return {
    state: { records },
    async append(kind, actor, body) {
      const at = new Date(now()).toISOString();
      const link = { seq: records.length + 1, at, kind, actor, body, prior: records.at(-1)?.sha256 ?? null };
      const record = { ...link, sha256: sha256(renderEntry(link)) };
      records.push(record);
      return record;
    },
    async read(kinds, limit) {
      return records
        .filter(({ kind }) => kinds.includes(kind))
        .toReversed()
        .slice(0, limit);
    },
    async check() {
      const rows = records.map((record) => ({
        seq: record.seq,
        entry: renderEntry(record),
        sha256: record.sha256,
      }));
      return { records: rows.length, broken: findChainBreak(rows) };
    },
  };
}
