import { join } from "node:path";
import * as z from "zod";
import { exitCodes } from "../../core/exit-code.ts";
import { formatDuration } from "../../output/format-duration.ts";
import type { Report } from "../../output/report.ts";
import { buildMockApp } from "../../tools/flutter.ts";
import { createInvocationRunner } from "../../tools/invocation.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, splitList, targetFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";
import { createAppLayer } from "./app-layer.ts";
import { runLayer } from "./run-layer.ts";

const schema = z.strictObject({
  ...targetFlags,
  off: z.string().optional(),
  minimumVersion: z.string().optional(),
  mockBuild: z.boolean().default(false),
  check: z.boolean().default(false),
  yes: z.boolean().default(false),
  confirm: z.string().optional(),
});

/**
 * `bee rollback app`: switches features off and raises the minimum version, without a build; running apps follow
 * within their poll interval. Without --off: what was switched on since the last release.
 */
export async function runRollbackApp(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  if (input.mockBuild) return buildMock(input.project, ctx);
  const { off, minimumVersion } = input;
  const layer = createAppLayer({ off: off == null ? null : splitList(off), minimumVersion });
  return runLayer(layer, input, ctx);
}

/** The plan's slow path; it switches nothing and needs no target. */
async function buildMock(project: string | undefined, ctx: CommandContext): Promise<Report> {
  const { root } = await openProject(ctx, project);
  const run = createInvocationRunner({ env: ctx.env });
  const built = await buildMockApp({ appDir: join(root, "app"), env: ctx.env, run, signal: ctx.signal });
  const told =
    built.kind === "built"
      ? `built ${built.path} (${built.sha256.slice(0, 12)}) in ${formatDuration(built.durationMs)}`
      : `not built: ${built.reason}\n  ${built.command}`;
  return {
    command: "rollback app --mock-build",
    exitCode: exitCodes.ok,
    summary: "nothing was switched",
    text: `${told}\n${built.caveat}`,
  };
}
