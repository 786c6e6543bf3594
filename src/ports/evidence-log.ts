import type { ChainBreak, EvidenceKind, EvidenceRecord } from "../plan/evidence-record.ts";

/** Records that only grow, each with the digest of the one before, in the target's database (schema bee). */
export interface EvidenceLog {
  /** Two at once wait for each other; the deploy lock is not needed. */
  append(kind: EvidenceKind, actor: string, body: EvidenceRecord["body"]): Promise<EvidenceRecord>;
  /** Newest first; empty when there never was one. Writes nothing. */
  read(kinds: readonly EvidenceKind[], limit: number): Promise<readonly EvidenceRecord[]>;
  /** Recomputes the whole chain. */
  check(): Promise<{ readonly records: number; readonly broken: ChainBreak | null }>;
}
