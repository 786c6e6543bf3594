import { setTimeout as sleep } from "node:timers/promises";
import * as z from "zod";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import type { Report } from "../../output/report.ts";
import { isBrokenConnection } from "../../supabase/database-error.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, splitList, targetFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";
import { createDatabaseLayer } from "./database-layer.ts";
import { createDumpLayer } from "./dump-layer.ts";
import { createRestoreLayer, openRestoreFile } from "./restore-layer.ts";
import { runLayer } from "./run-layer.ts";

const schema = z.strictObject({
  ...targetFlags,
  to: z.string().optional(),
  lose: z.string().optional(),
  cross: z.string().optional(),
  restore: z.boolean().default(false),
  at: z.iso.datetime({ offset: true, error: "a moment such as 2026-05-01T12:00:00Z" }).optional(),
  fromDump: z.string().min(1).optional(),
  backup: z.string().regex(/^\d+$/, "the id of a backup").optional(),
  check: z.boolean().default(false),
  yes: z.boolean().default(false),
  confirm: z.string().optional(),
});

/**
 * `bee rollback database [--to RELEASE]`: takes migrations back by downs that were run on a scratch database before.
 * With --restore the whole database goes back to a backup point instead, with --from-dump the app's schemas to a dump.
 * Nothing is ever reset.
 */
export async function runRollbackDatabase(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const { at, backup, to, cross, fromDump } = input;
  const lose = splitList(input.lose);
  if (fromDump != null) {
    if (input.restore || [at, backup, to, cross].some((one) => one != null)) {
      throw badFlags(
        "--from-dump says where to go back to: no --restore, --to, --at, --backup or --cross beside it.",
      );
    }
    return runLayer(createDumpLayer({ dump: fromDump, lose }), input, ctx);
  }
  if (!input.restore) {
    if (at != null || backup != null) throw badFlags("--at and --backup belong to --restore.");
    return runLayer(createDatabaseLayer({ lose, cross: splitList(cross) }), input, ctx);
  }
  if (cross != null) throw badFlags("--cross belongs to downs; a restore crosses whatever lies between.");
  if ([at, backup, to].filter((one) => one != null).length > 1) {
    throw badFlags("Of --at, --backup and --to only one can say where to go back to.");
  }
  if (at != null && Date.parse(at) > ctx.clock.now()) throw badFlags(`--at ${at} is yet to come.`);
  return runWhenThere(() => runLayer(createRestoreLayer({ at, backup, lose }), input, ctx), input, ctx);
}

/** How long a database may be away that an interrupted run had restored. */
const patienceMs = 120_000;

/** The platform goes on when a run dies; the next one waits for what it is doing. */
async function runWhenThere(
  run: () => Promise<Report>,
  { project, target }: Pick<z.infer<typeof schema>, "project" | "target">,
  ctx: CommandContext,
): Promise<Report> {
  const { root } = await openProject(ctx, project);
  for (const until = ctx.clock.now() + patienceMs; ; await sleep(500, undefined, { signal: ctx.signal })) {
    const underway = (await openRestoreFile(root, target).read()) != null;
    try {
      return await run();
    } catch (error) {
      const away =
        error instanceof BeeError && (error.code === "BEE-E321" || isBrokenConnection(error.cause));
      if (!underway || !away || ctx.clock.now() >= until) throw error;
      ctx.emit({ type: "note", text: "the database is away: an earlier run began to restore it" });
    }
  }
}

function badFlags(message: string): BeeError {
  return new BeeError({
    code: "BEE-E105",
    message,
    detail: "Nothing was changed.",
    hint: "See: bee rollback database --help",
    exit: exitCodes.usage,
  });
}
