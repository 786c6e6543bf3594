import { BeeError, type BeeErrorFields } from "../../core/bee-error.ts";
import type { Target } from "../target.ts";

/** Where downs lead nowhere, or cost more than one wants to give. */
export function restoreCommand({ name }: Pick<Target, "name">): string {
  return `bee rollback database --restore --check --target ${name}`;
}

/** The same error with the other way back in its hint, when there is a backup point to go to. */
export async function nameRestore(error: unknown, target: Target): Promise<unknown> {
  if (!(error instanceof BeeError)) return error;
  const sources = await target.restorer.read().catch(() => null);
  if (sources == null || (sources.backups.length === 0 && sources.pitr == null)) return error;
  const { code, message, detail, hint, exit, cause } = error;
  return new BeeError({
    code: code as BeeErrorFields["code"],
    message,
    ...(detail == null ? {} : { detail }),
    hint: [hint, `Or restore a backup point: ${restoreCommand(target)}`].filter(Boolean).join("\n"),
    exit,
    cause,
  });
}
