import type { EvidenceRecord } from "../../plan/evidence-record.ts";
import type { Revision } from "../../plan/revision.ts";
import type { GateResult } from "../../plan/run-event.ts";
import { findingScope } from "../../plan/scope.ts";
import type { View } from "../../plan/view.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";

interface KeepInput {
  readonly ctx: CommandContext;
  readonly target: Target;
  /** Null when the target could not be read: then nothing can be kept in it. */
  readonly view: View | null;
  readonly results: readonly GateResult[];
  readonly asked: readonly string[];
  /** Whether schema bee may be made for it. */
  readonly mayCreate: boolean;
  readonly revision: Revision;
  readonly durationMs: number;
}

/** Appends the run to the target's evidence. What keeps it from being kept is told, and changes no verdict. */
export async function keepRecord(input: KeepInput): Promise<Pick<EvidenceRecord, "seq" | "sha256"> | null> {
  const { ctx, target, view, results } = input;
  const note = (why: string): null => {
    ctx.emit({ type: "note", text: `not kept as evidence: ${why}` });
    return null;
  };
  if (view == null) return note("the target could not be read");
  if (view.actual.release == null && !input.mayCreate) return note("nothing was ever deployed here");
  try {
    const { seq, sha256 } = await target.evidence.append("verify", ctx.actor, {
      asked: input.asked,
      target: { name: target.name, ref: target.ref },
      release: view.actual.release?.id ?? null,
      gitSha: input.revision.gitSha,
      gitDirty: input.revision.gitDirty,
      versions: { bee: ctx.version, node: process.version },
      durationMs: Math.round(input.durationMs),
      verdicts: Object.fromEntries(results.map(({ id, verdict }) => [id, verdict.kind])),
      figures: Object.fromEntries(
        results.flatMap(({ id, verdict }) => {
          const kept =
            verdict.kind === "pass"
              ? verdict.evidence
              : verdict.kind === "inconclusive"
                ? verdict.figures
                : undefined;
          return kept == null ? [] : [[id, kept]];
        }),
      ),
      findings: results.flatMap(({ id, verdict }) =>
        verdict.kind === "fail"
          ? verdict.findings.map((finding) => ({ gate: id, key: finding.key, scope: findingScope(finding) }))
          : [],
      ),
    });
    return { seq, sha256 };
  } catch (error) {
    return note(error instanceof Error ? error.message : String(error));
  }
}
