import * as z from "zod";
import { exitCodes } from "../../core/exit-code.ts";
import { formatDuration } from "../../output/format-duration.ts";
import type { Report } from "../../output/report.ts";
import { keptReleases, type Release } from "../../plan/release.ts";
import { confirmChange } from "../confirm-target.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, splitList, targetFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";
import { unknownRelease } from "../unknown-release.ts";
import { createDatabaseLayer } from "./database-layer.ts";

const schema = z.strictObject({
  ...targetFlags,
  to: z.string().optional(),
  lose: z.string().optional(),
  cross: z.string().optional(),
  check: z.boolean().default(false),
  yes: z.boolean().default(false),
  confirm: z.string().optional(),
});

/**
 * `bee rollback database [--to RELEASE]`: downs that lead from here to the release's catalog and back were run on a
 * scratch database before; then all of them and their history rows change in one transaction. Nothing is reset.
 */
export async function runRollbackDatabase(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const project = await openProject(ctx, input.project);
  const target = await ctx.connect(project, input.target);
  const report = (summary: string, rest: Partial<Report>): Report => ({
    command: "rollback database",
    target: { name: target.name, ref: target.ref, url: target.url },
    exitCode: exitCodes.ok,
    summary,
    ...rest,
  });
  try {
    ctx.emit({ type: "target", name: target.name, ref: target.ref, url: target.url });
    const started = ctx.clock.now();
    const releases = await target.ports.ledger.readReleases(keptReleases);
    const to = input.to == null ? null : findRelease(input.to, releases);
    const layer = createDatabaseLayer({ lose: splitList(input.lose), cross: splitList(input.cross) });
    const way = await layer.prepare({ project, target, ctx, releases, to });
    if (way == null) return report("nothing to take back", { data: { to: to?.id ?? null } });
    const facts = [...way.facts, ...way.lost.map((line) => ["lost", line] as const)];
    if (way.refusals.length > 0) {
      const lines = way.refusals.flatMap(({ detail, fix }) => [`no ${detail}`, `   ${fix}`]);
      const text = lines.join("\n");
      return report("nothing was changed", { data: way.data, facts, exitCode: exitCodes.refused, text });
    }
    const took = (): string =>
      `${formatDuration(ctx.clock.now() - started)} of ${formatDuration(way.budgetMs)}`;
    if (input.check) {
      return report(`possible, proven in ${took()}; nothing was changed`, { data: way.data, facts });
    }
    for (const line of way.lost) ctx.emit({ type: "note", text: `lost: ${line}` });
    await confirmChange(way.change, target, input, ctx);
    const { exitCode, state, ...outcome } = await way.apply();
    return report(`${state}, after ${took()}`, { exitCode, data: outcome.data, facts: outcome.facts });
  } finally {
    await target.close();
  }
}

function findRelease(asked: string, releases: readonly Release[]): Release {
  const release = releases.find(({ id }) => id === asked);
  if (release == null) throw unknownRelease(asked, releases);
  return release;
}
