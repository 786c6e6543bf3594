import { reportError } from "../commands/report-outcome.ts";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Progress } from "../output/plain-progress.ts";
import { renderJson, type Timing } from "../output/render-json.ts";
import { renderText } from "../output/render-text.ts";
import type { Report } from "../output/report.ts";
import { createStyle, wantsColour } from "../output/style.ts";
import type { RunEvent } from "../plan/run-event.ts";
import { createContext } from "./create-context.ts";
import type { Io } from "./main.ts";
import type { RefuseFile, Run } from "./start.ts";
import { tellOutside } from "./tell-outside.ts";

export interface GlobalFlags {
  readonly project?: string;
  readonly json?: boolean;
  readonly events?: boolean;
  readonly quiet?: boolean;
  readonly verbose?: boolean;
  readonly color?: boolean;
  readonly input?: boolean;
}

/** Runs one command, shows its progress on stderr and its Report on stdout; answers the exit code. */
export async function runCommand(
  load: () => Promise<Run>,
  flags: Readonly<Record<string, unknown>>,
  globals: GlobalFlags,
  io: Io,
  version: string,
  refuse?: RefuseFile,
): Promise<number> {
  const started = Date.now();
  const progress = await createProgress(globals, io);
  const ctx = createContext({ io, version, globals, emit: (event) => progress.on(event) });
  const { report: wanted, ...own } = flags;
  const machine = globals.json === true || globals.events === true;
  const report = await runSafely(async () => {
    const files =
      wanted == null
        ? []
        : await (await import("./report-files.ts")).prepareReportFiles(wanted, io.cwd, refuse);
    const run = await load();
    const value = await run(
      { ...own, ...(globals.project == null ? {} : { project: globals.project }) },
      ctx,
    );
    // Where one document is expected, nothing else may stand on stdout.
    const say = async (text: string): Promise<void> => (machine ? undefined : write(io.stdout, text));
    return tellOutside(value, { files, timing: timingSince(started), version, env: io.env, write: say });
  });
  await progress.close();
  const timing = timingSince(started);
  if (globals.events) {
    await write(
      io.stdout,
      `${JSON.stringify({ type: "report", ...JSON.parse(renderJson(report.value, timing)) })}\n`,
    );
  } else if (globals.json) {
    await write(io.stdout, renderJson(report.value, timing));
  } else {
    // What was found is the answer, also when it is a no.
    const answered =
      report.value.exitCode === exitCodes.ok || report.value.checks != null || report.value.findings != null;
    const stream = answered ? io.stdout : io.stderr;
    await write(
      stream,
      renderText(report.value, createStyle(globals.color !== false && wantsColour(stream, io.env))),
    );
  }
  if (globals.verbose && report.cause != null) await write(io.stderr, `${renderCause(report.cause)}\n`);
  return report.value.exitCode;
}

function timingSince(started: number): Timing {
  return { startedAt: new Date(started).toISOString(), durationMs: Date.now() - started };
}

interface Answer {
  readonly value: Report;
  readonly cause?: unknown;
}

async function runSafely(work: () => Promise<Report>): Promise<Answer> {
  try {
    return { value: await work() };
  } catch (error) {
    const exitCode = error instanceof BeeError ? error.exit : exitCodes.bug;
    return { value: { command: "", exitCode, summary: "", error: reportError(error) }, cause: error };
  }
}

async function createProgress(globals: GlobalFlags, io: Io): Promise<Progress> {
  if (globals.events)
    return {
      on: (event) => io.stdout.write(`${JSON.stringify(describeEvent(event))}\n`),
      close: async () => undefined,
    };
  if (globals.quiet) return { on: () => undefined, close: async () => undefined };
  const style = createStyle(globals.color !== false && wantsColour(io.stderr, io.env));
  const options = {
    write: (text: string) => io.stderr.write(text),
    style,
    verbose: globals.verbose === true,
  };
  // listr2 asks stdout whether it may draw, wherever it draws.
  const live =
    io.stderr.isTTY === true &&
    io.stdout.isTTY === true &&
    !isCi(io.env) &&
    !globals.json &&
    io.env["TERM"] !== "dumb";
  if (live) return (await import("../output/terminal-progress.ts")).createTerminalProgress(options);
  return (await import("../output/plain-progress.ts")).createPlainProgress(options);
}

export function isCi(env: NodeJS.ProcessEnv): boolean {
  return env["CI"] != null && env["CI"] !== "" && env["CI"] !== "false";
}

function describeEvent(event: RunEvent): unknown {
  return { at: new Date().toISOString(), ...event };
}

/** Waits until the text is out: a large document to a pipe must not be cut off by the exit. */
function write(stream: NodeJS.WritableStream, text: string): Promise<void> {
  return new Promise((resolve) => {
    if (text === "") return resolve();
    stream.write(text, () => resolve());
  });
}

function renderCause(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  const deeper = error.cause == null ? "" : `\ncaused by ${renderCause(error.cause)}`;
  return `${error.stack ?? error.message}${deeper}`;
}
