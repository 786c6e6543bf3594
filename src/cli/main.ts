import { CommanderError } from "commander";
import { exitCodes } from "../core/exit-code.ts";
import { createProgram } from "./program.ts";
import type { Run } from "./start.ts";

export interface Io {
  readonly stdout: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stderr: NodeJS.WritableStream & { readonly isTTY?: boolean };
  readonly stdin: NodeJS.ReadStream;
  readonly env: NodeJS.ProcessEnv;
  readonly cwd: string;
  /** Aborted by the first SIGINT or SIGTERM. */
  readonly signal: AbortSignal;
}

/** argv (without node and script) → exit code. The one place where errors become text. */
export async function main(argv: readonly string[], io: Io, version: string): Promise<number> {
  let exitCode: number = exitCodes.ok;
  const program = createProgram(version, async (load, flags, refuse) => {
    const { runCommand } = await import("./run-command.ts");
    exitCode = await runCommand(load as () => Promise<Run>, flags, program.opts(), io, version, refuse);
  });
  for (const command of [program, ...program.commands, ...program.commands.flatMap((one) => one.commands)]) {
    command.exitOverride().configureOutput({
      writeOut: (text) => io.stdout.write(text),
      writeErr: (text) => io.stderr.write(text),
    });
  }
  try {
    await program.parseAsync([...argv], { from: "user" });
    return exitCode;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? exitCodes.ok : exitCodes.usage;
    throw error;
  }
}
