import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";

/** Judges by its last lines why Postgres did not start. */
export function judgeStartFailure(lines: readonly string[], dataDir: string): BeeError {
  const text = lines.join("\n");
  const detail = lines
    .filter((line) => line.trim() !== "")
    .slice(-5)
    .join("\n");
  if (/No space left on device|Disk quota exceeded/.test(text)) return diskFull(dataDir, detail);
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

export function isPortTaken(error: unknown): boolean {
  return error instanceof BeeError && error.code === "BEE-E403";
}

export function diskFull(dir: string, detail: string): BeeError {
  return new BeeError({
    code: "BEE-E404",
    message: `no space left on the disk of ${dir}`,
    detail,
    hint: "Free some space (a local platform wants about 150 MB), then run the command again. Nothing was lost.",
    exit: exitCodes.bug,
  });
}

export function corruptData(path: string, detail: string): BeeError {
  return new BeeError({
    code: "BEE-E405",
    message: `the local platform's files are damaged: ${path}`,
    detail,
    hint: "Run `bee local reset` to start over; this deletes the local database.",
    exit: exitCodes.usage,
  });
}
