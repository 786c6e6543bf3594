import * as z from "zod";
import { exitCodes } from "../../core/exit-code.ts";
import type { Report } from "../../output/report.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, targetFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";

const schema = z.strictObject({ ...targetFlags });
const kept = 20;

/** `bee releases`: the releases in the target's ledger, newest first. */
export async function runReleases(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const target = await ctx.connect(await openProject(ctx, input.project), input.target);
  try {
    const releases = await target.ports.ledger.readReleases(kept);
    return {
      command: "releases",
      target: { name: target.name, ref: target.ref, url: target.url },
      exitCode: exitCodes.ok,
      summary: `${releases.length} ${releases.length === 1 ? "release" : "releases"}`,
      data: {
        releases: releases.map((release) => ({
          ...release,
          secrets: release.secrets.map(({ name }) => name),
        })),
      },
      facts: releases.map(({ id, recordedAt, phase, gitSha, gitDirty, actor }) => [
        id,
        `${recordedAt}  ${phase}  ${gitSha?.slice(0, 12) ?? "no commit"}${gitDirty ? "+" : ""}  ${actor}`,
      ]),
    };
  } finally {
    await target.close();
  }
}
