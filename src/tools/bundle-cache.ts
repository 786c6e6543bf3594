import { mkdir, readFile, rename, writeFile } from "node:fs/promises";
import { join } from "node:path";
import * as z from "zod";
import { sha256 } from "../plan/digest.ts";

export interface BundleCache {
  /** The bytes made from exactly the sources as they are now, else null. */
  read(key: string): Promise<Uint8Array | null>;
  /** `inputs`: every file that was read, relative to the project root. */
  write(key: string, bytes: Uint8Array, inputs: readonly string[]): Promise<void>;
}

const entrySchema = z.object({ sha256: z.string(), inputs: z.array(z.tuple([z.string(), z.string()])) });

/** Bundles by the digests of their sources. A cache that cannot be read or written is no cache, never an error. */
export function createBundleCache(root: string, dir: string): BundleCache {
  const digestOf = async (file: string): Promise<string> => sha256(await readFile(join(root, file)));
  return {
    async read(key) {
      try {
        const entry = entrySchema.parse(JSON.parse(await readFile(join(dir, `${key}.json`), "utf8")));
        const fresh = await Promise.all(
          entry.inputs.map(async ([file, digest]) => (await digestOf(file)) === digest),
        );
        if (!fresh.every(Boolean)) return null;
        const bytes = await readFile(join(dir, `${key}.js`));
        return sha256(bytes) === entry.sha256 ? bytes : null;
      } catch {
        return null;
      }
    },
    async write(key, bytes, inputs) {
      try {
        await mkdir(dir, { recursive: true, mode: 0o700 });
        const digests = await Promise.all(inputs.map(async (file) => [file, await digestOf(file)] as const));
        await place(join(dir, `${key}.js`), bytes);
        await place(join(dir, `${key}.json`), JSON.stringify({ sha256: sha256(bytes), inputs: digests }));
      } catch {
        // A full disk here must not stop a deploy: the next one bundles again.
      }
    },
  };
}

async function place(path: string, data: Uint8Array | string): Promise<void> {
  const temporary = `${path}.${process.pid}`;
  await writeFile(temporary, data, { mode: 0o600 });
  await rename(temporary, path);
}
