import { mkdir, open, readFile } from "node:fs/promises";
import { dirname } from "node:path";
import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Journal, JournalEntry } from "../ports/journal.ts";

const base = { run: z.string(), at: z.string() };
const step = { ...base, step: z.string(), inputKey: z.string() };

const entrySchema = z.discriminatedUnion("type", [
  z.object({ type: z.literal("run"), ...base, planDigest: z.string(), phase: z.string() }),
  z.object({ type: z.literal("intent"), ...step }),
  z.object({ type: z.literal("result"), ...step, outcome: z.enum(["done", "failed", "undone"]) }),
  z.object({ type: z.literal("end"), ...base, exitCode: z.number().int() }),
]) satisfies z.ZodType<JournalEntry>;

/** ASCII CAN: what stands before it on its line was not written to its end and does not count. */
const cancel = "\u0018";

/**
 * One JSON object per line. A write cut short by a crash leaves a last line without its end: it is left out,
 * and cancelled by the next append. Every append is one write to the end of the file, so writers do not mix;
 * steps that run side by side take turns, so that nothing is written behind a line that was cut short.
 */
export function createJournalFile(path: string): Journal {
  let prepared: Promise<unknown> | null = null;
  let turn: Promise<unknown> = Promise.resolve();
  return {
    async read() {
      const text = await readText(path);
      const lines = text.split("\n");
      lines.pop();
      return lines.flatMap((line, index) =>
        line.endsWith(cancel) ? [] : [parseLine(path, line, index + 1)],
      );
    },
    async append(entry) {
      prepared ??= mkdir(dirname(path), { recursive: true, mode: 0o700 });
      try {
        await prepared;
        const appended = turn.then(() => appendLine(path, `${JSON.stringify(entry)}\n`));
        turn = appended.catch(() => undefined);
        await appended;
      } catch (error) {
        throw cannotWrite(path, error);
      }
    },
  };
}

async function readText(path: string): Promise<string> {
  try {
    return await readFile(path, "utf8");
  } catch (error) {
    if (error instanceof Error && "code" in error && error.code === "ENOENT") return "";
    throw unreadable(path, error instanceof Error ? error.message : String(error), error);
  }
}

async function appendLine(path: string, line: string): Promise<void> {
  const file = await open(path, "a+", 0o600);
  try {
    const { size } = await file.stat();
    const last = Buffer.alloc(1);
    if (size > 0) await file.read(last, 0, 1, size - 1);
    const torn = size > 0 && last.toString() !== "\n";
    const bytes = Buffer.from(`${torn ? `${cancel}\n` : ""}${line}`);
    const { bytesWritten } = await file.write(bytes);
    if (bytesWritten !== bytes.length)
      throw new Error(`only ${bytesWritten} of ${bytes.length} bytes were written`);
    await file.sync();
    if (size === 0) await syncFolder(dirname(path));
  } finally {
    await file.close();
  }
}

/** So that the new file's name is on disk too. */
async function syncFolder(path: string): Promise<void> {
  const folder = await open(path, "r");
  try {
    await folder.sync();
  } finally {
    await folder.close();
  }
}

function parseLine(path: string, line: string, number: number): JournalEntry {
  let value: unknown;
  try {
    value = JSON.parse(line);
  } catch (error) {
    throw unreadable(path, `line ${number} is not JSON: ${line.slice(0, 60)}`, error);
  }
  const parsed = entrySchema.safeParse(value);
  if (parsed.success) return parsed.data;
  throw unreadable(path, `line ${number} is not a journal entry: ${line.slice(0, 60)}`, parsed.error);
}

function unreadable(path: string, why: string, cause: unknown): BeeError {
  return new BeeError({
    code: "BEE-E542",
    message: `The journal ${path} cannot be read: ${why}`,
    detail: "It says what an interrupted run had begun. Nothing was changed, in the file or in the target.",
    hint: `Keep it aside and let bee read the target instead: mv ${path} ${path}.damaged`,
    exit: exitCodes.usage,
    cause,
  });
}

function cannotWrite(path: string, cause: unknown): BeeError {
  return new BeeError({
    code: "BEE-E543",
    message: `The journal ${path} cannot be written: ${cause instanceof Error ? cause.message : String(cause)}`,
    detail: "bee changes nothing that it cannot note first.",
    hint: "Free disk space or correct the folder's permissions, then run the same command again.",
    exit: exitCodes.usage,
    cause,
  });
}
