import { parseDocument } from "yaml";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { describeIssue } from "./describe-issue.ts";
import { type Config, configSchema } from "./schema.ts";

/** Text of bee.config.yaml → Config, or one BeeError that names every mistake as path, expected, got. */
export function parseConfig(text: string, file: string): Config {
  const document = parseDocument(text, { prettyErrors: true });
  if (document.errors.length > 0) {
    throw invalid(
      file,
      document.errors.map(({ message }) => message.trim()),
    );
  }
  const value: unknown = document.toJS();
  const parsed = configSchema.safeParse(value);
  if (!parsed.success)
    throw invalid(
      file,
      parsed.error.issues.flatMap((issue) => describeIssue(issue, value)),
    );
  const repeated = findRepeated(parsed.data.secrets.map(({ name }) => name));
  if (repeated.length > 0) throw invalid(file, [`secrets: listed twice: ${repeated.join(", ")}`]);
  return parsed.data;
}

function findRepeated(names: readonly string[]): readonly string[] {
  return [...new Set(names.filter((name, index) => names.indexOf(name) !== index))];
}

function invalid(file: string, mistakes: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E101",
    message: `${file} has ${mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`}.`,
    detail: mistakes.join("\n"),
    hint: `Mend ${file}; the keys are described in docs/config.md.`,
    exit: exitCodes.usage,
  });
}
