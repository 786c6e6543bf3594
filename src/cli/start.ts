import type { CommandContext } from "../commands/context.ts";
import type { Report } from "../output/report.ts";

export type Run = (flags: unknown, ctx: CommandContext) => Promise<Report>;

/** Refuses a file of --report before anything is written. */
export type RefuseFile = (cwd: string, path: string) => Promise<void>;

/** Called with the command's flags and its code, which is loaded only now. */
export type Start = (
  load: () => Promise<Run>,
  flags: Readonly<Record<string, unknown>>,
  refuse?: RefuseFile,
) => Promise<void>;
