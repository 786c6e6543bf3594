import * as z from "zod";
import type { Report } from "../../output/report.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, splitList, targetFlags } from "../flags.ts";
import { createDatabaseLayer } from "./database-layer.ts";
import { runLayer } from "./run-layer.ts";

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
  return runLayer(
    createDatabaseLayer({ lose: splitList(input.lose), cross: splitList(input.cross) }),
    input,
    ctx,
  );
}
