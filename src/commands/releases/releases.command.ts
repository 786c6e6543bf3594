import * as z from "zod";
import { exitCodes } from "../../core/exit-code.ts";
import { formatDuration } from "../../output/format-duration.ts";
import type { Report } from "../../output/report.ts";
import { keptReleases, type Release } from "../../plan/release.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, targetFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";
import { unknownRelease } from "../unknown-release.ts";

const schema = z.strictObject({ ...targetFlags });

const showSchema = z.strictObject({ ...targetFlags, id: z.string() });

/** `bee releases show <id>`: what was live with it, and what proved it. */
export async function runReleaseShow(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(showSchema, flags);
  const target = await ctx.connect(await openProject(ctx, input.project), input.target);
  try {
    const releases = await target.ports.ledger.readReleases(keptReleases);
    const release = releases.find(({ id }) => id === input.id);
    if (release == null) throw unknownRelease(input.id, releases);
    return {
      command: "releases show",
      target: { name: target.name, ref: target.ref, url: target.url },
      exitCode: exitCodes.ok,
      summary: `${release.id} of ${release.recordedAt}`,
      data: { release: { ...release, secrets: release.secrets.map(({ name }) => name) } },
      facts: describeRelease(release),
    };
  } finally {
    await target.close();
  }
}

function describeRelease(release: Release): readonly (readonly [string, string])[] {
  const { phase, actor, gitSha, gitDirty, durationMs, migrations, functions, secrets, gates, restores } =
    release;
  return [
    ["phase", restores == null ? phase : `${phase}, brought back ${restores}`],
    ["by", actor],
    ["commit", `${gitSha ?? "none"}${gitDirty ? ", with changes" : ""}`],
    ["took", formatDuration(durationMs)],
    ["migrations", `${migrations.length}, last ${migrations.at(-1)?.version ?? "none"}`],
    ...functions.map(
      (fn) =>
        [
          "function",
          `${fn.slug} ${fn.bundleSha256.slice(0, 12)} version ${fn.version}${fn.verifyJwt ? "" : ", verify_jwt off"}`,
        ] as const,
    ),
    ["secrets", secrets.map(({ name }) => name).join(", ") || "none"],
    ["gates", gates.map(({ id, verdict }) => `${id} ${verdict}`).join(", ")],
  ];
}

/** `bee releases`: the releases in the target's ledger, newest first. */
export async function runReleases(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const target = await ctx.connect(await openProject(ctx, input.project), input.target);
  try {
    const releases = await target.ports.ledger.readReleases(keptReleases);
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
