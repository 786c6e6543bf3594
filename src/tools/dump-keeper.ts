import { mkdir, open, readdir, rename, rm, stat } from "node:fs/promises";
import { join } from "node:path";
import type { DumpSource } from "../plan/dump-need.ts";
import type { DumpKeeper, KeptDump } from "../ports/dump-keeper.ts";
import { attachedFile } from "./dump-reader.ts";
import type { RunInvocation } from "./invocation.ts";
import { type DumpAddress, dumpDatabase, findDumpObstacle } from "./pg-dump.ts";

export interface DumpKeeperOptions {
  readonly run: RunInvocation;
  readonly address: () => Omit<DumpAddress, "rootsFile">;
  /** Certificates of the authorities to trust, PEM. */
  readonly roots: () => Promise<readonly string[]>;
  readonly readSource: () => Promise<DumpSource>;
  /** Private to this user. */
  readonly dir: string;
  readonly now: () => number;
}

/** Dumps of as many deploys stay. */
const kept = 3;

/** The moment is its name, in UTC: `2026-11-23T06-45-00.123Z.dump`. */
const namePattern = /^(\d{4}-\d\d-\d\d)T(\d\d)-(\d\d)-(\d\d\.\d{3}Z)\.dump$/;
const partSuffix = ".part";

export function createDumpKeeper(options: DumpKeeperOptions): DumpKeeper {
  const { run, readSource, dir, now } = options;
  const rootsFile = join(dir, "roots.pem");

  async function list(): Promise<readonly KeptDump[]> {
    const found = (await readNames(dir)).flatMap((name) => {
      const [, day, hours, minutes, rest] = namePattern.exec(name) ?? [];
      return day == null ? [] : [{ file: join(dir, name), takenAt: `${day}T${hours}:${minutes}:${rest}` }];
    });
    const dumps = await Promise.all(
      found.map(async (dump) => ({ ...dump, bytes: (await stat(dump.file)).size })),
    );
    return dumps.toSorted((a, b) => (a.takenAt < b.takenAt ? 1 : -1));
  }

  return {
    readSource,
    findObstacle: ({ major }) => findDumpObstacle(run, major),
    async take(schemas, signal) {
      await mkdir(dir, { recursive: true, mode: 0o700 });
      for (const name of await readNames(dir)) {
        if (name.endsWith(partSuffix)) await rm(join(dir, name), { force: true });
      }
      // Whatever the project ignores: the app's data must not be committed by accident.
      await writeWhole(join(dir, ".gitignore"), "*\n");
      await writeWhole(rootsFile, (await options.roots()).join("\n"));
      const address = { ...options.address(), rootsFile };
      const takenAt = new Date(now()).toISOString();
      const file = join(dir, `${takenAt.replaceAll(":", "-")}.dump`);
      const part = `${file}${partSuffix}`;
      // Made first, so that what pg_dump writes is nobody else's to read from its first byte on.
      await (await open(part, "w", 0o600)).close();
      try {
        const { bytes } = await dumpDatabase({ run, address, schemas, file: part, signal });
        await syncFile(part);
        // Beside it first: a dump that is there has it.
        await writeWhole(attachedFile(file), JSON.stringify((await readSource()).attached));
        await rename(part, file);
        await syncFile(dir);
        for (const old of (await list()).slice(kept)) {
          await rm(old.file, { force: true });
          await rm(attachedFile(old.file), { force: true });
        }
        return { file, takenAt, bytes };
      } catch (error) {
        await rm(part, { force: true });
        throw error;
      }
    },
    list,
  };
}

async function readNames(dir: string): Promise<readonly string[]> {
  return readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
}

async function writeWhole(path: string, text: string): Promise<void> {
  const file = await open(path, "w", 0o600);
  try {
    await file.writeFile(text);
    await file.sync();
  } finally {
    await file.close();
  }
}

async function syncFile(path: string): Promise<void> {
  const file = await open(path, "r");
  try {
    await file.sync();
  } finally {
    await file.close();
  }
}
