import type { Target } from "../commands/target.ts";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { formatBytes } from "../output/format-bytes.ts";
import { judgeCopy } from "../plan/judge-copy.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import { keptReleases } from "../plan/release.ts";

/** Answers the size of the source's database in bytes. Throws BEE-E850 … E852, before anything is made. */
export async function assertCopyable(
  { ports, lock }: Target,
  files: readonly MigrationFile[],
  maxBytes: number,
): Promise<number> {
  const [size, holder, history, releases] = await Promise.all([
    ports.database.query<{ bytes: string }>("select pg_database_size(current_database()) as bytes"),
    lock.read(),
    ports.migrations.readHistory(),
    ports.ledger.readReleases(keptReleases),
  ]);
  const bytes = Number(size[0]?.bytes ?? 0);
  if (holder != null) throw busy(holder.holder, holder.message);
  if (bytes > maxBytes) throw tooLarge(bytes, maxBytes);
  const findings = judgeCopy(files, history, releases);
  const [first] = findings;
  if (first == null) return bytes;
  throw new BeeError({
    code: "BEE-E851",
    message: findings.length === 1 ? first.detail : "The files of this checkout are not what made the target",
    detail: [...findings.map(({ detail }) => detail), "Nothing was changed."].join("\n"),
    hint: first.fix,
    exit: exitCodes.refused,
  });
}

function tooLarge(bytes: number, maxBytes: number): BeeError {
  return new BeeError({
    code: "BEE-E850",
    message: `The database has ${formatBytes(bytes)}; copies of at most ${formatBytes(maxBytes)} are made`,
    detail: "Nothing was changed.",
    hint: "Rehearse on a target with less data, such as staging.",
    exit: exitCodes.refused,
  });
}

function busy(holder: string, message: string): BeeError {
  return new BeeError({
    code: "BEE-E852",
    message: `The target is being changed by ${holder}: ${message}`,
    detail: "A copy of it would be half a deploy. Nothing was changed.",
    hint: "Wait for it, or look with: bee lock status",
    exit: exitCodes.locked,
  });
}
