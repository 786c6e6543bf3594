import * as z from "zod";
import { exitCodes } from "../../core/exit-code.ts";
import type { Report } from "../../output/report.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, targetFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";

const statusSchema = z.strictObject({ ...targetFlags });
const releaseSchema = z.strictObject({ ...targetFlags, reason: z.string().min(3) });

/** `bee lock status`: who holds the target's lock. */
export async function runLockStatus(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(statusSchema, flags);
  const target = await ctx.connect(await openProject(ctx, input.project), input.target);
  try {
    const holder = await target.lock.read();
    return {
      command: "lock status",
      target: { name: target.name, ref: target.ref, url: target.url },
      exitCode: exitCodes.ok,
      summary: holder == null ? "free" : `held by ${holder.holder}: ${holder.message}`,
      data: { holder },
      facts:
        holder == null
          ? []
          : [
              ["since", holder.acquiredAt],
              ["heartbeat", holder.heartbeatAt],
              ["expires", holder.expiresAt],
            ],
    };
  } finally {
    await target.close();
  }
}

/** `bee lock release --reason TEXT`: takes the lock from a holder whose process is gone; it can no longer write. */
export async function runLockRelease(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(releaseSchema, flags);
  const target = await ctx.connect(await openProject(ctx, input.project), input.target);
  try {
    const holder = await target.lock.breakLock(ctx.actor, input.reason);
    return {
      command: "lock release",
      target: { name: target.name, ref: target.ref, url: target.url },
      exitCode: exitCodes.ok,
      summary: holder == null ? "it was free" : `taken from ${holder.holder}, which can no longer write`,
      data: { takenFrom: holder },
    };
  } finally {
    await target.close();
  }
}
