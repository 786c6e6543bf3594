import type { Checklist } from "../plan/checklist.ts";
import { type Exceptions, foldExceptions, noExceptions } from "../plan/exception.ts";
import { applyExceptions } from "../plan/judge-exceptions.ts";
import { gateScope, type ScopeKind, type Subject } from "../plan/scope.ts";
import type { EvidenceLog } from "../ports/evidence-log.ts";
import type { Clock } from "./clock.ts";
import type { VerdictPolicy } from "./run-gates.ts";

/** Of attestations and waivers this many are looked at; more were never seen. */
const readLimit = 10_000;

/**
 * What stands in the target's evidence. Nothing of a chain that was changed afterwards counts, since a revocation may
 * be what is missing. Throws what kept it from being read.
 */
export async function readExceptions(
  log: Pick<EvidenceLog, "read" | "check">,
  clock: Clock,
): Promise<{ readonly exceptions: Exceptions; readonly broken: string | null }> {
  const { broken } = await log.check();
  if (broken != null) return { exceptions: noExceptions, broken: `record ${broken.seq}: ${broken.why}` };
  const records = await log.read(["attest", "waive"], readLimit);
  return { exceptions: foldExceptions(records, clock.now()), broken: null };
}

export interface PolicyInput {
  readonly evidence: Pick<EvidenceLog, "read" | "check">;
  readonly clock: Clock;
  readonly readChecklists: () => Promise<readonly Checklist[]>;
  /** What the gates are asked about. */
  readonly subject: () => Promise<Subject>;
  readonly note: (text: string) => void;
}

interface Known {
  readonly exceptions: Exceptions;
  readonly subject: Subject;
  readonly checklists: readonly Checklist[];
}

/**
 * Applies what people attested and waived. The evidence is read once, and only when some gate did not pass; when it
 * cannot be read or was tampered with, verdicts stand as measured.
 */
export function createVerdictPolicy(input: PolicyInput): VerdictPolicy {
  let reading: ReturnType<typeof read> | null = null;
  const read = async (): Promise<Known | null> => {
    try {
      const [{ exceptions, broken }, subject, checklists] = await Promise.all([
        readExceptions(input.evidence, input.clock),
        input.subject(),
        input.readChecklists(),
      ]);
      if (broken != null) input.note(`the evidence was changed afterwards, so no waiver counts: ${broken}`);
      return { exceptions, subject, checklists };
    } catch (error) {
      const why = error instanceof Error ? error.message : String(error);
      input.note(`the evidence could not be read, so no waiver counts: ${why}`);
      return null;
    }
  };
  return async (gate, verdict) => {
    if (verdict.kind === "pass" || verdict.kind === "not-applicable") return verdict;
    reading ??= read();
    const known = await reading;
    if (known == null) return verdict;
    const scope = gateScope(describeGate(gate, known.checklists), known.subject);
    return applyExceptions(gate.id, verdict, known.exceptions, scope);
  };
}

/** A gate as a person's word is bound to it: with the lines it answers, so that a reworded line asks again. */
export function describeGate(
  {
    id,
    title,
    scope = "release",
  }: { readonly id: string; readonly title: string; readonly scope?: ScopeKind },
  checklists: readonly Checklist[],
): { readonly id: string; readonly line: string; readonly scope: ScopeKind } {
  const lines = checklists.flatMap(({ lines }) => lines).filter((line) => (line.gate ?? line.id) === id);
  return { id, line: lines.map(({ line }) => line).join("\n") || title, scope };
}
