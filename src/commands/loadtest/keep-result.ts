import type { LoadJudgement } from "../../plan/load/judge-load.ts";
import type { LoadResult } from "../../plan/load/result.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";

export interface KeepInput {
  readonly ctx: CommandContext;
  readonly target: Target;
  readonly release: string | null;
  readonly result: LoadResult;
  readonly judgement: LoadJudgement;
  readonly more?: Readonly<Record<string, unknown>>;
}

/** Appends the run to the target's evidence, where the gates of the success metrics and `compare` find it. Its number. */
export async function keepResult({
  ctx,
  target,
  release,
  result,
  judgement,
  more,
}: KeepInput): Promise<number | null> {
  try {
    const { seq } = await target.evidence.append("loadtest", ctx.actor, {
      command: `loadtest ${result.plan.what}`,
      target: { name: target.name, ref: target.ref },
      release,
      versions: { bee: ctx.version, node: process.version },
      verdict: judgement.kind,
      lines: judgement.lines,
      measurements: judgement.measurements,
      ...more,
      result: { ...result, slices: result.slices.map(({ buckets: _distribution, ...slice }) => slice) },
    });
    return seq;
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    ctx.emit({ type: "note", text: `not kept as evidence: ${why}` });
    return null;
  }
}
