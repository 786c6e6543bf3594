import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import type { Profile } from "../../plan/load/schedule.ts";
import type { CommandContext } from "../context.ts";
import { plainRunner } from "./plain-runner.ts";

export const databaseEngines = ["embedded", "pgbench", "auto"] as const;

export type DatabaseEngine =
  | { readonly kind: "embedded" }
  | { readonly kind: "pgbench"; readonly version: string; readonly path: string };

/**
 * auto takes pgbench when it is there, recent enough and knows the profile. Throws BEE-E751 when it was asked for and is
 * not, BEE-E754 when it cannot do what was asked.
 */
export async function chooseDatabaseEngine(
  asked: (typeof databaseEngines)[number],
  profile: Profile,
  ctx: CommandContext,
): Promise<DatabaseEngine> {
  if (asked === "embedded") return { kind: "embedded" };
  const { canPgbench, isPgbenchSupported } = await import("../../plan/load/pgbench-invocation.ts");
  if (!canPgbench(profile)) {
    if (asked === "pgbench") throw oneRate(profile);
    return { kind: "embedded" };
  }
  const path = ctx.env["PATH"] ?? "";
  const { assertPgbench, findPgbench } = await import("../../tools/load/pgbench.ts");
  const version = await findPgbench(await plainRunner(), path);
  if (asked === "pgbench") assertPgbench(version);
  if (version == null) return { kind: "embedded" };
  if (isPgbenchSupported(version)) return { kind: "pgbench", version, path };
  const text = `pgbench ${version} on the PATH is too old: bee's own engine runs the queries`;
  ctx.emit({ type: "note", text });
  return { kind: "embedded" };
}

function oneRate(profile: Profile): BeeError {
  return new BeeError({
    code: "BEE-E754",
    message: `pgbench keeps one rate throughout: it cannot do --profile ${profile}.`,
    detail: "nothing was sent",
    hint: "Use bee's own engine: --engine embedded, or another profile: --profile constant, --profile soak",
    exit: exitCodes.usage,
  });
}
