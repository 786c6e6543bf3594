import { mkdir, open, readFile, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { parseJson } from "../core/json.ts";

const choice = z.union([
  z.object({ kind: z.literal("backup"), id: z.string(), takenAt: z.string() }),
  z.object({ kind: z.literal("pitr"), takenAt: z.string() }),
]);

const fileSchema = z.object({
  /** Noted in the database right before it is restored: gone from there, the restore took place. */
  mark: z.string(),
  choice,
  startedAt: z.number(),
  held: z.object({ token: z.number(), acquiredAt: z.string() }),
  /** Versions the history must hold afterwards; null when nobody knows. */
  expected: z.array(z.string()).nullable(),
  bytes: z.number(),
  /** Rows by table, before. */
  before: z.array(z.tuple([z.string(), z.number()])),
  records: z.record(z.string(), z.array(z.record(z.string(), z.unknown()))),
});

/** What has to outlive a restore, on disk before it begins: a run that is killed in the middle can be finished. */
export type PendingRestore = z.infer<typeof fileSchema>;

export interface RestoreFile {
  /** Null when no restore is under way. Throws BEE-E365 when the file is damaged. */
  read(): Promise<PendingRestore | null>;
  /** Whole or not at all. */
  write(pending: PendingRestore): Promise<void>;
  remove(): Promise<void>;
}

export function createRestoreFile(path: string): RestoreFile {
  return {
    async read() {
      const text = await readText(path);
      if (text == null) return null;
      const parsed = fileSchema.safeParse(parseJson(text));
      if (parsed.success) return parsed.data;
      throw damaged(path, parsed.error);
    },
    async write(pending) {
      await mkdir(dirname(path), { recursive: true, mode: 0o700 });
      const staging = `${path}.new`;
      const file = await open(staging, "w", 0o600);
      try {
        await file.writeFile(JSON.stringify(pending));
        await file.sync();
      } finally {
        await file.close();
      }
      await rename(staging, path);
    },
    remove: () => rm(path, { force: true }),
  };
}

async function readText(path: string): Promise<string | null> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return null;
    throw damaged(path, error);
  }
}

function damaged(path: string, cause: unknown): BeeError {
  return new BeeError({
    code: "BEE-E365",
    message: `${path} cannot be read`,
    detail:
      "It keeps the releases and the evidence of a restore that was interrupted. Nothing was changed, in the file or in the target.",
    hint: `If they can be given up: mv ${path} ${path}.damaged, then run the same command again.`,
    exit: exitCodes.usage,
    cause,
  });
}
