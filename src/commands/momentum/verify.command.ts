import * as z from "zod";
import { exitCodes } from "../../core/exit-code.ts";
import type { Report } from "../../output/report.ts";
import { judgeShare, type Measurement } from "../../plan/measurement.ts";
import { recomputeScores } from "../../plan/momentum-accuracy.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, targetFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";
import { readScores } from "./read-scores.ts";

const schema = z.strictObject({
  ...targetFlags,
  sample: z.coerce.number().int().min(1).max(100_000).default(500),
});

/** The plan: < 5 % data discrepancies. */
const limit = 0.05;
const shownDiscrepancies = 10;

/** `bee momentum verify`: recomputes stored scores with the calculator's algorithm; the count is kept as evidence. */
export async function runMomentumVerify(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const project = await openProject(ctx, input.project);
  const target = await ctx.connect(project, input.target);
  try {
    const scores = await readScores(target.ports.database, input.sample);
    const { total, discrepancies, undecided } = recomputeScores(scores);
    const measurement: Measurement = {
      metric: "momentum-accuracy",
      bad: discrepancies.length,
      total,
      source: `bee momentum verify, ${scores.length} stored scores recomputed, ${undecided} left out`,
    };
    const [release] = await target.ports.ledger.readReleases(1);
    const record =
      total === 0 || release == null
        ? null
        : await target.evidence.append("loadtest", ctx.actor, {
            command: "momentum verify",
            target: { name: target.name, ref: target.ref },
            release: release.id,
            versions: { bee: ctx.version, node: process.version },
            measurements: [measurement],
          });
    const { kind, bound, floor } = judgeShare(measurement, limit);
    const exitCode =
      kind === "under" ? exitCodes.ok : kind === "over" ? exitCodes.refused : exitCodes.inconclusive;
    const share = `${discrepancies.length} of ${total} scores differ`;
    const percent = `${Number((bound * 100).toPrecision(3))} %`;
    return {
      command: "momentum verify",
      target: { name: target.name, ref: target.ref, url: target.url },
      exitCode,
      summary: kind === "too few" ? `too few scores: ${share}, ${floor} that agree suffice` : share,
      text: discrepancies
        .slice(0, shownDiscrepancies)
        .map(({ userId, date, what }) => `${date} ${userId}: ${what}`)
        .join("\n"),
      facts: [
        ["at most", `${percent} may differ, with 95 % confidence; the limit is ${limit * 100} %`],
        ["left out", `${undecided}: made of what changed since, or by another algorithm`],
        ...(record == null ? [] : [["record", String(record.seq)] as const]),
      ],
      data: { ...measurement, bound, undecided, record: record?.seq ?? null, discrepancies },
    };
  } finally {
    await target.close();
  }
}
