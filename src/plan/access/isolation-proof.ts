import type { Verdict } from "../../core/verdict.ts";
import { type AccessFingerprint, diffFingerprints } from "./access-fingerprint.ts";

/** Isolation was proven for exactly this access. No secret is in it. */
export interface IsolationProof {
  readonly at: string;
  readonly actor: string;
  /** Target or database it was proven on. */
  readonly where: string;
  readonly fingerprint: AccessFingerprint;
}

const told = 5;

/** What was proven for the same access elsewhere holds here; anything else proves nothing. */
export function judgeProof(proof: IsolationProof | null, now: AccessFingerprint): Verdict {
  if (proof == null) {
    return {
      kind: "inconclusive",
      reason:
        "a guarded target is only read, and isolation was not proven on a clone yet: bee verify rls --db-url-env CLONE_URL",
    };
  }
  const differences = diffFingerprints(proof.fingerprint, now);
  if (differences.length === 0) {
    const { at, actor, where } = proof;
    return { kind: "pass", evidence: { provenOn: where, at, actor, fingerprint: now.sha256 } };
  }
  const more = differences.length > told ? `; and ${differences.length - told} more` : "";
  return {
    kind: "inconclusive",
    reason: `access is not as on ${proof.where}, where isolation was proven at ${proof.at}: ${differences.slice(0, told).join("; ")}${more}. Prove it on a clone: bee verify rls --db-url-env CLONE_URL`,
  };
}
