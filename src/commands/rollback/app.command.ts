import { join } from "node:path";
import * as z from "zod";
import { exitCodes } from "../../core/exit-code.ts";
import { createProbeUsers } from "../../engine/probe-users.ts";
import { switchFlags } from "../../engine/switch-flags.ts";
import { lockTtlMs, withLock } from "../../engine/with-lock.ts";
import { formatDuration } from "../../output/format-duration.ts";
import type { Report } from "../../output/report.ts";
import {
  type AppFlag,
  assembleFlagChanges,
  describeFlagChange,
  type FlagChange,
  findFlagsOnSince,
} from "../../plan/app-flag.ts";
import { buildMockApp } from "../../tools/flutter.ts";
import { createInvocationRunner } from "../../tools/invocation.ts";
import { confirmChange } from "../confirm-target.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, splitList, targetFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";
import type { Target } from "../target.ts";

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
  const project = await openProject(ctx, input.project);
  const target = await ctx.connect(project, input.target);
  try {
    const started = ctx.clock.now();
    const [known, releases] = await Promise.all([target.flags.read(), target.ports.ledger.readReleases(1)]);
    const off = input.off == null ? flagsOfRelease(known, releases[0]?.recordedAt) : splitList(input.off);
    const changes = assembleFlagChanges(known, {
      off,
      ...(input.minimumVersion == null ? {} : { minimumAppVersion: input.minimumVersion }),
    });
    const report = (summary: string, rest: Partial<Report> = {}): Report => ({
      command: "rollback app",
      target: { name: target.name, ref: target.ref, url: target.url },
      exitCode: exitCodes.ok,
      summary,
      data: { changes },
      facts: changes.map((change) => ["flag", describeFlagChange(change)] as const),
      ...rest,
    });
    if (input.mockBuild)
      return report("nothing was switched", { text: await describeMockBuild(project.root, ctx) });
    if (changes.length === 0) return report("nothing to switch: the flags are so already");
    if (input.check) return report("possible; nothing was changed");
    await confirmChange(changes.map(describeFlagChange).join("; "), target, input, ctx);
    const seenWithinSeconds = await apply(changes, target, ctx);
    const took = formatDuration(ctx.clock.now() - started);
    return report(`switched and read back after ${took}; running apps follow within ${seenWithinSeconds} s`);
  } finally {
    await target.close();
  }
}

/** Reads back as a visitor and as a signed-in user, under the target's lock. */
async function apply(changes: readonly FlagChange[], target: Target, ctx: CommandContext): Promise<number> {
  const request = { holder: ctx.actor, message: "bee rollback app", ttlMs: lockTtlMs };
  return withLock(target.lock, request, ctx.signal, async (fence) => {
    const users = createProbeUsers(target.ports.app, target.ports.database);
    try {
      const readers = [target.ports.app.anonymous(), await users.get("a")];
      const outcome = await switchFlags({ flags: target.flags, changes, fence, readers });
      return outcome.seenWithinSeconds;
    } finally {
      await users.removeAll();
    }
  });
}

function flagsOfRelease(known: readonly AppFlag[], since: string | undefined): readonly string[] {
  return since == null ? [] : findFlagsOnSince(known, since);
}

/** The plan's slow path. */
async function describeMockBuild(root: string, ctx: CommandContext): Promise<string> {
  const run = createInvocationRunner({ env: ctx.env });
  const built = await buildMockApp({ appDir: join(root, "app"), env: ctx.env, run, signal: ctx.signal });
  const told =
    built.kind === "built"
      ? `built ${built.path} (${built.sha256.slice(0, 12)}) in ${formatDuration(built.durationMs)}`
      : `not built: ${built.reason}\n  ${built.command}`;
  return `${told}\n${built.caveat}`;
}
