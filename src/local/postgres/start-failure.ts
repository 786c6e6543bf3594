import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { corruptData, diskFull, isDiskFull } from "../failure.ts";

/** Judges by its last lines why Postgres did not start. */
export function judgeStartFailure(lines: readonly string[], dataDir: string): BeeError {
  const text = lines.join("\n");
  const detail = lines
    .filter((line) => line.trim() !== "")
    .slice(-5)
    .join("\n");
  if (isDiskFull(text)) return diskFull(dataDir, detail);
  if (/Address (already )?in use|could not create any TCP\/IP sockets/.test(text)) {
    return new BeeError({
      code: "BEE-E403",
      message: "the port of Postgres is taken",
      detail,
      hint: "Run the command again: it picks a free port.",
      exit: exitCodes.bug,
    });
  }
  if (
    /database files are incompatible|not a valid data directory|could not open file|checkpoint|PANIC|corrupt|invalid (data|magic)|missing data|bogus data/i.test(
      text,
    )
  ) {
    return corruptData(dataDir, detail);
  }
  return new BeeError({
    code: "BEE-E402",
    message: "Postgres did not start",
    detail,
    hint: "See `bee local logs --service postgres`; `bee local reset` starts over with an empty database.",
    exit: exitCodes.bug,
  });
}

/** A server killed with -9 whose sessions have not noticed yet; they do within a second or two. */
export function isStillEnding(error: unknown): boolean {
  const detail = error instanceof BeeError ? (error.detail ?? "") : "";
  return /pre-existing shared memory block|lock file "postmaster\.pid" already exists/.test(detail);
}

export function isPortTaken(error: unknown): boolean {
  return error instanceof BeeError && error.code === "BEE-E403";
}
