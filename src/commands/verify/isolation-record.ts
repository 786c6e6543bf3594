import type { Verdict } from "../../core/verdict.ts";
import type { EvidenceRecord } from "../../plan/evidence-record.ts";
import type { Revision } from "../../plan/revision.ts";
import { findingScope } from "../../plan/scope.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";

interface IsolationRun {
  readonly ctx: CommandContext;
  readonly target: Pick<Target, "name" | "ref" | "evidence">;
  readonly verdict: Verdict;
  /** Of the access that was proven; null when it was not. */
  readonly fingerprint: string | null;
  readonly figures: Readonly<Record<string, unknown>>;
  readonly revision: Revision;
  readonly durationMs: number;
}

const gate = "rls-isolated";

/** Appends the proof to the target's evidence, shaped as a run of that gate. What keeps it from being kept is told, and changes no verdict. */
export async function keepIsolationRecord(
  run: IsolationRun,
): Promise<Pick<EvidenceRecord, "seq" | "sha256"> | null> {
  const { ctx, target, verdict } = run;
  try {
    const { seq, sha256 } = await target.evidence.append("verify", ctx.actor, {
      asked: ["rls"],
      target: { name: target.name, ref: target.ref },
      gitSha: run.revision.gitSha,
      gitDirty: run.revision.gitDirty,
      versions: { bee: ctx.version, node: process.version },
      durationMs: Math.round(run.durationMs),
      fingerprint: run.fingerprint,
      verdicts: { [gate]: verdict.kind },
      figures: { [gate]: run.figures },
      findings:
        verdict.kind === "fail"
          ? verdict.findings.map((finding) => ({ gate, key: finding.key, scope: findingScope(finding) }))
          : [],
    });
    return { seq, sha256 };
  } catch (error) {
    ctx.emit({
      type: "note",
      text: `not kept as evidence: ${error instanceof Error ? error.message : String(error)}`,
    });
    return null;
  }
}
