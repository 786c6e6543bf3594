/** A program to run, as a value. `env` is all it gets to see. */
export interface Command {
  readonly file: string;
  readonly args: readonly string[];
  readonly env: Readonly<Record<string, string>>;
}

/** The same command started by another program: `wrapper wrapperArgs… file args…`. */
export function withWrapper(command: Command, wrapper: string, wrapperArgs: readonly string[]): Command {
  return { ...command, file: wrapper, args: [...wrapperArgs, command.file, ...command.args] };
}
