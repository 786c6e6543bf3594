import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import { type Shadow, ShadowRefusal } from "../ports/shadow-database.ts";

const untouched = "The target was not touched.";

function tell(lines: readonly string[]): string {
  const shown = lines.length > 20 ? [...lines.slice(0, 20), `… and ${lines.length - 20} more`] : lines;
  return [...shown, untouched].join("\n");
}

function downPath(up: MigrationFile): string {
  return up.path.replace(/\.sql$/, ".down.sql");
}

/** Runs a down on the shadow; BEE-E342 when it fails there. */
export async function applyOrRefuse(
  shadow: Shadow,
  down: MigrationFile,
  where = "on a shadow database",
): Promise<void> {
  await shadow.apply(down).catch((error: unknown) => {
    if (!(error instanceof ShadowRefusal)) throw error;
    throw new BeeError({
      code: "BEE-E342",
      message: `A down fails ${where}: ${error.message}`,
      detail: tell(error.lines),
      hint: `Correct ${down.path}, then run the same command again.`,
      exit: exitCodes.refused,
      cause: error,
    });
  });
}

export function notRestored(downs: readonly MigrationFile[], differences: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E343",
    message: `${downs.map(({ path }) => path).join(", ")} ${downs.length === 1 ? "does" : "do"} not restore the catalog of the release`,
    detail: tell(["What is left, compared with the release:", ...differences.map((line) => `  ${line}`)]),
    hint: "Correct the down files, or remove one to let bee write it.",
    exit: exitCodes.refused,
  });
}

export function notUpAgain(differences: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E344",
    message: "After the downs the migrations do not lead to the same catalog again",
    detail: tell(differences.map((line) => `  ${line}`)),
    hint: "The downs leave something behind that no catalog shows, such as a sequence or rows. Correct them.",
    exit: exitCodes.refused,
  });
}

export function shadowDiffers(differences: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E344",
    message: "Over sample rows the migrations do not lead to the same catalog again",
    detail: tell(differences.map((line) => `  ${line}`)),
    hint: "Correct the down files.",
    exit: exitCodes.refused,
  });
}

export function cannotWrite(up: MigrationFile, reasons: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E345",
    message: `bee cannot write the down of ${up.path} by itself`,
    detail: tell(reasons),
    hint: `Write ${downPath(up)}, or restore a backup point: bee rollback database --restore`,
    exit: exitCodes.refused,
  });
}

/** The migrations themselves fail on the shadow: it is not like the target. */
export function upFails(refusal: ShadowRefusal): BeeError {
  return new BeeError({
    code: "BEE-E349",
    message: `The shadow database cannot stand in for the target: ${refusal.message}`,
    detail: tell([
      ...refusal.lines,
      "This migration was applied to the target, but fails on an empty database with the platform's roles and schemas.",
    ]),
    hint: "It may need an extension or an object that nobody's migration makes. Restore a backup point instead: bee rollback database --restore",
    exit: exitCodes.inconclusive,
    cause: refusal,
  });
}
