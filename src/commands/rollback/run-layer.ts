import { exitCodes } from "../../core/exit-code.ts";
import { formatDuration } from "../../output/format-duration.ts";
import type { Report } from "../../output/report.ts";
import { type Consent, confirmChange } from "../confirm-target.ts";
import type { CommandContext } from "../context.ts";
import type { Layer, LayerRequest, WayBack } from "./layer.ts";
import { withRollback } from "./open-rollback.ts";

export interface RollbackInput extends Consent {
  readonly target: LayerRequest["target"]["name"];
  readonly project?: string | undefined;
  readonly to?: string | undefined;
  readonly check: boolean;
}

/** `bee rollback <layer>`: prepare, say what it costs, ask, apply, read back. */
export async function runLayer(layer: Layer, input: RollbackInput, ctx: CommandContext): Promise<Report> {
  const started = ctx.clock.now();
  return withRollback(input, ctx, async (request) => {
    const { target } = request;
    const report = (summary: string, rest: Partial<Report>): Report => ({
      command: `rollback ${layer.name}${input.check ? " --check" : ""}`,
      target: { name: target.name, ref: target.ref, url: target.url },
      exitCode: exitCodes.ok,
      summary,
      ...rest,
    });
    const way = await layer.prepare(request);
    if (way == null) return report("nothing to take back", { data: { to: request.to?.id ?? null } });
    const facts = describeWay(way);
    if (way.refusals.length > 0) {
      const { refusals, data } = way;
      return report("nothing was changed", {
        data,
        facts,
        exitCode: exitCodes.refused,
        text: renderRefusals(refusals),
      });
    }
    const tookMs = (): number => ctx.clock.now() - started;
    const took = (): string => `${formatDuration(tookMs())} of ${formatDuration(way.budgetMs)}`;
    if (input.check) {
      return report(`possible, found out in ${took()}; nothing was changed`, { data: way.data, facts });
    }
    for (const line of way.lost) ctx.emit({ type: "note", text: `lost: ${line}` });
    await confirmChange(way.change, target, input, ctx);
    const { state, data, facts: then, ...outcome } = await way.apply();
    return report(`${state}, after ${took()}`, {
      ...outcome,
      data: { ...way.data, ...data, tookMs: tookMs(), budgetMs: way.budgetMs },
      facts: [...way.facts, ...then],
    });
  });
}

/** What will happen and what it costs, in the order one wants to read it. */
export function describeWay({ facts, lost }: WayBack): NonNullable<Report["facts"]> {
  return [...facts, ...lost.map((line) => ["lost", line] as const)];
}

/** Each reason with the flag that accepts it. */
export function renderRefusals(refusals: WayBack["refusals"]): string {
  return refusals.flatMap(({ detail, fix }) => [`no ${detail}`, `   ${fix}`]).join("\n");
}
