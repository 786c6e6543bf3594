import { readFile } from "node:fs/promises";
import { resolve } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { Secret } from "../../core/secret.ts";
import type { CommandContext } from "../context.ts";

/** A database URL holds a password, so it comes by the environment, a file or stdin (`-`), never by an argument. */
export async function readDatabaseUrl(
  {
    dbUrlEnv,
    dbUrlFile,
  }: { readonly dbUrlEnv?: string | undefined; readonly dbUrlFile?: string | undefined },
  ctx: CommandContext,
): Promise<Secret | null> {
  if (dbUrlEnv != null) {
    if (/^postgres(ql)?:/i.test(dbUrlEnv)) {
      throw new BeeError({
        code: "BEE-E625",
        message: "--db-url-env takes the name of a variable, not the URL",
        detail: "Whoever lists processes on this machine has seen the password.",
        hint: "Change the password, then: export DB_URL and bee verify rls --db-url-env DB_URL",
        exit: exitCodes.usage,
      });
    }
    const value = ctx.env[dbUrlEnv]?.trim();
    if (value == null || value === "") {
      throw new BeeError({
        code: "BEE-E626",
        message: `The environment has no ${dbUrlEnv}`,
        hint: `export ${dbUrlEnv}=postgresql://user:password@host:5432/postgres`,
        exit: exitCodes.usage,
      });
    }
    return new Secret(value);
  }
  if (dbUrlFile == null) return null;
  const path = dbUrlFile === "-" ? "/dev/stdin" : resolve(ctx.cwd, dbUrlFile);
  return new Secret((await readText(path, dbUrlFile)).trim());
}

/** A file the person named. */
export async function readText(path: string, named: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (cause) {
    throw new BeeError({
      code: "BEE-E627",
      message: `${named} cannot be read: ${cause instanceof Error ? cause.message : String(cause)}`,
      hint: "Name a file that is there.",
      exit: exitCodes.usage,
      cause,
    });
  }
}
