import { readFile } from "node:fs/promises";
import { isAbsolute, join } from "node:path";
import { parse } from "dotenv";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { Secret } from "../core/secret.ts";
import type { Config, TargetName } from "./schema.ts";

export interface SecretValues {
  readonly values: ReadonlyMap<string, Secret>;
  /** The file they came from, relative to the project; null when none was there. */
  readonly file: string | null;
}

export interface SecretSources {
  readonly root: string;
  readonly target: TargetName;
  readonly config: Config;
  /** From --secrets; then it must exist. */
  readonly file: string | undefined;
  readonly env: NodeJS.ProcessEnv;
}

/** Process environment (declared names only) over `.env.<target>` over the declared local value. */
export async function readSecretValues(sources: SecretSources): Promise<SecretValues> {
  const { root, target, config, file, env } = sources;
  const named = file ?? `.env.${target}`;
  const text = await readFile(isAbsolute(named) ? named : join(root, named), "utf8").catch(
    (error: NodeJS.ErrnoException) => {
      if (error.code === "ENOENT" && file == null) return null;
      throw unreadable(named, error);
    },
  );
  const values = new Map<string, Secret>();
  for (const { name, local } of config.secrets) {
    if (target === "local" && local != null) values.set(name, new Secret(local));
  }
  for (const [name, value] of Object.entries(parse(text ?? ""))) values.set(name, new Secret(value));
  for (const { name } of config.secrets) {
    const value = env[name];
    if (value != null && value !== "") values.set(name, new Secret(value));
  }
  return { values, file: text == null ? null : named };
}

function unreadable(file: string, cause: NodeJS.ErrnoException): BeeError {
  return new BeeError({
    code: "BEE-E701",
    message:
      cause.code === "ENOENT"
        ? `There is no secrets file ${file}.`
        : `The secrets file ${file} cannot be read: ${cause.code}.`,
    hint: "Name the right one with --secrets FILE, or put it there (mode 0600, git-ignored).",
    exit: exitCodes.usage,
    cause,
  });
}
