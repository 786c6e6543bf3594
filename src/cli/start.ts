import type { CommandContext } from "../commands/context.ts";
import type { Report } from "../output/report.ts";

export type Run = (flags: unknown, ctx: CommandContext) => Promise<Report>;

/** Called with the command's flags and its code, which is loaded only now. */
export type Start = (load: () => Promise<Run>, flags: Readonly<Record<string, unknown>>) => Promise<void>;
