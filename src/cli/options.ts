import { type Command, Option } from "commander";

export const targetNames = ["local", "staging", "production"];

/**
 * What a verb does without an object. A subcommand of its own: options of the verb itself would be taken from behind
 * its other subcommands too, --check among them.
 */
export const bare = { isDefault: true };

export function target(command: Command, description: string): Command {
  return command
    .description(description)
    .addOption(new Option("-t, --target <name>", "where").choices(targetNames).default("local"));
}

export function phase(command: Command, description: string): Command {
  return target(command, description)
    .argument("<phase>", "phase1")
    .option("--secrets <file>", "secrets to set (default: .env.<target>)");
}

export function reportOption(): Option {
  return new Option("--report <kind=file,...>", "also write junit, sarif, md, statement (in-toto)");
}

/** For an option that may be given more than once. */
export function collect(value: string, before: readonly string[] = []): readonly string[] {
  return [...before, value];
}
