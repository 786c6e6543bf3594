import { canonicalJson, sha256 } from "./digest.ts";

/** What a record tells of: a run of gates, a rehearsed rollback, a restored backup, a person's word, an exception, a measured load, a watched release. */
export type EvidenceKind = "verify" | "drill" | "restore" | "attest" | "waive" | "loadtest" | "watch";

/** One link of the chain. Plain JSON; no secret may be in it. */
export interface EvidenceRecord {
  /** From 1, without gaps. */
  readonly seq: number;
  /** ISO 8601, by the target's clock. */
  readonly at: string;
  readonly kind: EvidenceKind;
  readonly actor: string;
  readonly body: Readonly<Record<string, unknown>>;
  /** The digest of the record before; null for the first. */
  readonly prior: string | null;
  /** Of this record's canonical text. */
  readonly sha256: string;
}

/** Where a chain was changed afterwards. */
export interface ChainBreak {
  readonly seq: number;
  readonly why: string;
}

/** The text that is stored and hashed. */
export function renderEntry({ seq, at, kind, actor, body, prior }: Omit<EvidenceRecord, "sha256">): string {
  return canonicalJson({ seq, at, kind, actor, body, prior });
}

/** Walks a whole chain, oldest first: digests recomputed, links and numbers compared. Null when it is whole. */
export function findChainBreak(
  rows: readonly { readonly seq: number; readonly entry: string; readonly sha256: string }[],
): ChainBreak | null {
  let prior: string | null = null;
  let expected = 1;
  for (const { seq, entry, sha256: kept } of rows) {
    if (seq !== expected) return { seq: expected, why: "the record is missing" };
    if (sha256(entry) !== kept) return { seq, why: "its text is not what its digest was taken of" };
    const told = readLink(entry);
    if (told?.seq !== seq || told.prior !== prior)
      return { seq, why: "it does not follow the record before it" };
    prior = kept;
    expected += 1;
  }
  return null;
}

function readLink(entry: string): { readonly seq: unknown; readonly prior: unknown } | null {
  try {
    const value: unknown = JSON.parse(entry);
    return value != null && typeof value === "object" && "seq" in value && "prior" in value ? value : null;
  } catch {
    return null;
  }
}
