import * as z from "zod";
import { targetNames } from "../config/schema.ts";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";

/** Flags that name what a command works on. */
export const targetFlags = {
  target: z.enum(targetNames).default("local"),
  project: z.string().optional(),
};

/** Strict: an unknown or ill-typed flag is a usage error, all of them at once. */
export function parseFlags<Schema extends z.ZodType>(schema: Schema, value: unknown): z.infer<Schema> {
  const parsed = schema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw new BeeError({
    code: "BEE-E105",
    message: "The command line is not understood.",
    detail: parsed.error.issues.map(({ path, message }) => `--${path.join(".")}: ${message}`).join("\n"),
    hint: "See: bee --help",
    exit: exitCodes.usage,
  });
}

/** `a, b` → ["a", "b"]. */
export function splitList(text: string | undefined): readonly string[] {
  return (text ?? "")
    .split(",")
    .map((part) => part.trim())
    .filter((part) => part !== "");
}
