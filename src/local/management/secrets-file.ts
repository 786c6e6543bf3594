import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";
import * as z from "zod";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { writePrivate } from "../write-private.ts";

export interface SecretDigest {
  readonly name: string;
  /** Hex sha256 of the value. */
  readonly value: string;
  /** ISO 8601. */
  readonly updated_at: string;
}

/** The function secrets of the project, in one private file. */
export interface SecretsFile {
  /** What functions see. */
  values(): Readonly<Record<string, string>>;
  digests(): readonly SecretDigest[];
  /** Names whose value changed. Nothing changes when the file cannot be written. */
  set(secrets: readonly { readonly name: string; readonly value: string }[], now: Date): readonly string[];
  /** Names that were there. */
  unset(names: readonly string[]): readonly string[];
}

const schema = z.strictObject({
  schema: z.literal(1),
  secrets: z.record(z.string(), z.strictObject({ value: z.string(), updatedAt: z.string() })),
});

type Secrets = z.output<typeof schema>["secrets"];

export function digestOf(value: string): string {
  return createHash("sha256").update(value).digest("hex");
}

/** Throws BEE-E712 when the file is damaged. */
export function openSecretsFile(path: string): SecretsFile {
  let secrets = read(path);
  const save = (next: Secrets) => {
    writePrivate(path, `${JSON.stringify({ schema: 1, secrets: next }, null, 2)}\n`);
    secrets = next;
  };
  return {
    values: () => Object.fromEntries(Object.entries(secrets).map(([name, { value }]) => [name, value])),
    digests: () =>
      Object.entries(secrets)
        .map(([name, { value, updatedAt }]) => ({ name, value: digestOf(value), updated_at: updatedAt }))
        .sort((a, b) => (a.name < b.name ? -1 : 1)),
    set(entries, now) {
      const changed = entries
        .filter(({ name, value }) => secrets[name]?.value !== value)
        .map(({ name }) => name);
      if (changed.length === 0) return [];
      const updatedAt = now.toISOString();
      const next = entries
        .filter(({ name }) => changed.includes(name))
        .map(({ name, value }) => [name, { value, updatedAt }]);
      save({ ...secrets, ...Object.fromEntries(next) });
      return changed;
    },
    unset(names) {
      const present = names.filter((name) => Object.hasOwn(secrets, name));
      if (present.length === 0) return [];
      save(Object.fromEntries(Object.entries(secrets).filter(([name]) => !present.includes(name))));
      return present;
    },
  };
}

function read(path: string): Secrets {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT") return {};
    throw error;
  }
  try {
    return schema.parse(JSON.parse(text)).secrets;
  } catch {
    throw new BeeError({
      code: "BEE-E712",
      message: "The secrets of the local platform cannot be read",
      detail: path,
      hint: `Remove ${path}, start again, and set the secrets again`,
      exit: exitCodes.usage,
    });
  }
}
