import * as z from "zod";
import type { Report } from "../../output/report.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, splitList, targetFlags } from "../flags.ts";
import { createFunctionsLayer } from "./functions-layer.ts";
import { runLayer } from "./run-layer.ts";

const schema = z.strictObject({
  ...targetFlags,
  to: z.string().optional(),
  cross: z.string().optional(),
  check: z.boolean().default(false),
  yes: z.boolean().default(false),
  confirm: z.string().optional(),
});

/** `bee rollback functions [--to RELEASE] [--check]`: the exact prior bytes and settings, live and proven again. */
export async function runRollbackFunctions(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  return runLayer(createFunctionsLayer({ cross: splitList(input.cross) }), input, ctx);
}
