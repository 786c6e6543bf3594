import * as z from "zod";
import { targetNames } from "../config/schema.ts";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";

/** Flags that name what a command works on. */
export const targetFlags = {
  target: z.enum(targetNames).default("local"),
  project: z.string().optional(),
};

const units = { s: 1_000, m: 60_000, h: 3_600_000 } as const;

/** `90s`, `10m`, `1h` → milliseconds, from `least` to `most`. */
export function durationFlag(least: string, most: string) {
  return z.string().transform((text, context) => {
    const ms = parseDuration(text);
    if (ms != null && ms >= (parseDuration(least) ?? 0) && ms <= (parseDuration(most) ?? 0)) return ms;
    context.addIssue({ code: "custom", message: `a time such as ${least} or 10m, ${least} to ${most}` });
    return z.NEVER;
  });
}

function parseDuration(text: string): number | null {
  const [, count, unit] = /^(\d{1,6})(s|m|h)$/.exec(text) ?? [];
  return count == null || unit == null ? null : Number(count) * units[unit as keyof typeof units];
}

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
