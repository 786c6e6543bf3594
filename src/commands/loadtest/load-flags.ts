import { access, constants } from "node:fs/promises";
import { dirname, resolve } from "node:path";
import * as z from "zod";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { judgeRails } from "../../plan/load/rails.ts";
import type { LoadPlan } from "../../plan/load/result.ts";
import { type Profile, profiles } from "../../plan/load/schedule.ts";
import { targetFlags } from "../flags.ts";
import type { Target } from "../target.ts";

/** What every run can be asked. */
export const probeFlags = {
  ...targetFlags,
  host: z.string().optional(),
  maxRate: z.coerce.number().positive().optional(),
  yes: z.boolean().default(false),
  confirm: z.string().optional(),
  page: z.string().optional(),
};

export type ProbeFlags = z.infer<z.ZodObject<typeof probeFlags>>;

/** What every load run can be asked. */
export const loadFlags = {
  ...probeFlags,
  rate: z.coerce.number().positive().max(20_000).default(20),
  duration: z.coerce.number().positive().optional(),
  profile: z.enum(profiles).default("constant"),
};

const defaultSeconds: Readonly<Record<Profile, number>> = { constant: 30, ramp: 60, soak: 600, spike: 60 };

export function durationOf({
  profile,
  duration,
}: {
  readonly profile: Profile;
  readonly duration?: number | undefined;
}): number {
  return Math.round((duration ?? defaultSeconds[profile]) * 1000);
}

/** Discarded: connections are opened and functions booted before anything counts. */
export function warmUpOf(durationMs: number): number {
  return Math.min(3000, durationMs);
}

/** Throws BEE-E860 before anything is sent. */
export function assertRails(
  target: Target,
  { host, maxRate }: Pick<ProbeFlags, "host" | "maxRate">,
  { rate, durationMs }: LoadPlan,
): void {
  const problems = judgeRails({ guarded: target.guarded, url: target.url, rate, durationMs, host, maxRate });
  if (problems.length === 0) return;
  throw new BeeError({
    code: "BEE-E860",
    message: `No load is sent to ${target.name}.`,
    detail: `${problems.join("\n")}\nnothing was sent`,
    hint: "Name the host and the highest rate that it may meet: --host NAME --max-rate N --confirm <project ref>",
    exit: exitCodes.usage,
  });
}

/** `html=FILE` → the absolute path, its folder there. Throws BEE-E864 before anything runs. */
export async function preparePage(text: string | undefined, cwd: string): Promise<string | null> {
  if (text == null) return null;
  const file = /^html=(.+)$/.exec(text)?.[1];
  const path = file == null ? null : resolve(cwd, file);
  const writable =
    path != null &&
    (await access(dirname(path), constants.W_OK).then(
      () => true,
      () => false,
    ));
  if (path != null && writable) return path;
  throw new BeeError({
    code: "BEE-E864",
    message: `--report ${text}: ${path == null ? "not html=FILE" : "its folder cannot be written"}.`,
    detail: "nothing was sent",
    hint: "For example: --report html=load.html",
    exit: exitCodes.usage,
  });
}
