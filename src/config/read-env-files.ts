import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "dotenv";
import { Secret } from "../core/secret.ts";

export interface EnvValue {
  /** Relative to the project, posix. */
  readonly file: string;
  /** From 1. */
  readonly line: number;
  readonly name: string;
  readonly value: Secret;
}

/** Where values for functions are kept, beside `.env.<target>`. */
const local = ["supabase/.env", "supabase/functions/.env", "functions/.env"];

/** Every name with its value in the files that exist; `targets` picks the `.env.<target>` files. */
export async function readEnvFiles(root: string, targets: readonly string[]): Promise<readonly EnvValue[]> {
  const files = [...targets.map((target) => `.env.${target}`), ...local];
  const read = await Promise.all(files.map((file) => readEnvFile(root, file)));
  return read.flat();
}

async function readEnvFile(root: string, file: string): Promise<readonly EnvValue[]> {
  // Absent, a folder, unreadable: then it gives no names, and what is missing is said by name.
  const text = await readFile(join(root, file), "utf8").catch(() => "");
  return Object.entries(parse(text)).map(([name, value]) => ({
    file,
    line: lineOf(text, name),
    name,
    value: new Secret(value),
  }));
}

function lineOf(text: string, name: string): number {
  const index = text.search(new RegExp(`^\\s*(?:export\\s+)?${name.replace(/[^\w]/g, "\\$&")}\\s*[=:]`, "m"));
  return index === -1
    ? 1
    : text.slice(0, index).split("\n").length +
        (/^\s*\n/.exec(text.slice(index))?.[0].split("\n").length ?? 1) -
        1;
}
