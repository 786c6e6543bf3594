import * as z from "zod";
import { exitCodes } from "../../core/exit-code.ts";
import {
  ensureLocalPlatform,
  type LocalState,
  type LogEntry,
  readLocalLogs,
  readLocalState,
  resetLocalPlatform,
  stopLocalPlatform,
} from "../../local/control.ts";
import { formatDuration } from "../../output/format-duration.ts";
import type { Report } from "../../output/report.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";

const projectFlag = { project: z.string().optional() };
const schema = z.strictObject(projectFlag);
const logsSchema = z.strictObject({
  ...projectFlag,
  service: z.string().optional(),
  tail: z.coerce.number().int().min(1).max(100_000).default(100),
});
const resetSchema = z.strictObject({ ...projectFlag, yes: z.boolean().default(false) });

/** `bee local up`: starts the embedded platform of this checkout, or finds it running. */
export async function runLocalUp(flags: unknown, ctx: CommandContext): Promise<Report> {
  const { root } = await openProject(ctx, parseFlags(schema, flags).project);
  const { state, started, durationMs } = await ensureLocalPlatform(root, {
    onProgress: (text) => ctx.emit({ type: "note", text }),
  });
  const summary = started ? `running after ${formatDuration(durationMs)}` : "already running";
  return {
    command: "local up",
    exitCode: exitCodes.ok,
    summary,
    facts: describeState(state),
    data: describeJson(state),
  };
}

/** `bee local down`: stops it; its data stays. */
export async function runLocalDown(flags: unknown, ctx: CommandContext): Promise<Report> {
  const { root } = await openProject(ctx, parseFlags(schema, flags).project);
  const stopped = await stopLocalPlatform(root);
  return {
    command: "local down",
    exitCode: exitCodes.ok,
    summary: stopped ? "stopped" : "it was not running",
    data: { stopped },
  };
}

/** `bee local status`: URLs and keys; exit 4 when it is not running. */
export async function runLocalStatus(flags: unknown, ctx: CommandContext): Promise<Report> {
  const { root } = await openProject(ctx, parseFlags(schema, flags).project);
  const state = await readLocalState(root);
  if (state == null) {
    return {
      command: "local status",
      exitCode: exitCodes.inconclusive,
      summary: "not running",
      data: null,
      next: ["bee local up"],
    };
  }
  return {
    command: "local status",
    exitCode: exitCodes.ok,
    summary: "running",
    facts: describeState(state),
    data: describeJson(state),
  };
}

/** `bee local backup`: a physical copy of the running database; the five newest are kept. */
export async function runLocalBackup(flags: unknown, ctx: CommandContext): Promise<Report> {
  const project = await openProject(ctx, parseFlags(schema, flags).project);
  const target = await ctx.connect(project, "local");
  try {
    // Names have 20 characters at most (Management API, restore-point).
    const stamp = new Date(ctx.clock.now()).toISOString().replace(/[-:]/g, "").slice(0, 13);
    const point = await target.ports.backups.create(`manual-${stamp}`);
    return {
      command: "local backup",
      exitCode: exitCodes.ok,
      summary: `backup ${point.name} of ${point.takenAt}`,
      data: point,
      next: ["bee rollback database --check"],
    };
  } finally {
    await target.close();
  }
}

/** `bee local reset`: stops it and deletes its data, on purpose only. */
export async function runLocalReset(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(resetSchema, flags);
  const { root } = await openProject(ctx, input.project);
  if (!input.yes) {
    const answer = ctx.interactive
      ? await ctx.ask("Delete the local database, users and secrets? [y/N] ")
      : "";
    if (!/^y(es)?$/i.test(answer.trim())) {
      return {
        command: "local reset",
        exitCode: exitCodes.usage,
        summary: "nothing was deleted",
        next: ["bee local reset --yes"],
      };
    }
  }
  await resetLocalPlatform(root);
  return {
    command: "local reset",
    exitCode: exitCodes.ok,
    summary: "local data deleted",
    next: ["bee deploy phase1"],
  };
}

/** `bee local logs [service]`: what the parts of the platform logged. */
export async function runLocalLogs(flags: unknown, ctx: CommandContext): Promise<Report> {
  const { project, service, tail } = parseFlags(logsSchema, flags);
  const { root } = await openProject(ctx, project);
  const lines = await readLocalLogs(root, { ...(service == null ? {} : { service }), tail });
  return {
    command: "local logs",
    exitCode: exitCodes.ok,
    summary: "",
    text: lines.map(renderLine).join("\n"),
    data: { lines },
  };
}

function describeState(state: LocalState): readonly (readonly [string, string])[] {
  return [
    ["API", state.url],
    ["management", state.managementUrl],
    ["database", state.dbUrl.replace(/:[^:@/]*@/, ":…@")],
    ["project ref", state.projectRef],
    ["keys", "bee local status --json"],
    ["stop", "bee local down"],
  ];
}

function renderLine({ at, part, level, message, slug }: LogEntry): string {
  return `${at} ${level.padEnd(5)} ${part}${slug == null ? "" : ` ${String(slug)}`}: ${message}`;
}

/** The keys of this throw-away platform; `profile` is a file for the supabase CLI's SUPABASE_PROFILE. */
function describeJson(state: LocalState): LocalState {
  return state;
}
