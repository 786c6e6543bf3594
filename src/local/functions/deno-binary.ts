import { createRequire } from "node:module";
import { dirname, join } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";

const packages: Readonly<Record<string, string>> = {
  "linux-x64": "@deno/linux-x64-glibc",
  "linux-arm64": "@deno/linux-arm64-glibc",
  "darwin-arm64": "@deno/darwin-arm64",
  "darwin-x64": "@deno/darwin-x64",
};

/** Path of the Deno that npm installed; BEE_DENO_BIN overrides it. */
export function readDenoBinary(env: Readonly<Record<string, string | undefined>> = process.env): string {
  if (env["BEE_DENO_BIN"]) return env["BEE_DENO_BIN"];
  const platform = `${process.platform}-${process.arch}`;
  const name = packages[platform];
  try {
    if (name == null) throw new Error(`no Deno package for ${platform}`);
    return join(dirname(createRequire(import.meta.url).resolve(`${name}/package.json`)), "deno");
  } catch (cause) {
    throw new BeeError({
      code: "BEE-E711",
      message: `Deno is not installed for ${platform}`,
      hint: "Run `npm ci` with optional dependencies, or set BEE_DENO_BIN to a Deno 2 binary",
      exit: exitCodes.usage,
      cause,
    });
  }
}
