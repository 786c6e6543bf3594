import { createHash, randomBytes } from "node:crypto";
import { chmod, mkdir, readdir, readFile, rename, rm, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import type { SourceFile } from "./function-record.ts";
import { emptyTable, type FunctionTable, parseTable, type StoredVersion } from "./function-table.ts";

function sha256Of(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

/**
 * Functions on disk: one table and the blobs it names. Every write is a rename, and the blobs come before the table,
 * so a kill at any point leaves the state before or after.
 */
export class FunctionStore {
  readonly dir: string;
  #table = emptyTable;

  constructor(dir: string) {
    this.dir = dir;
  }

  get table(): FunctionTable {
    return this.#table;
  }

  /** Throws BEE-E710 when the table is damaged. */
  async load(): Promise<void> {
    await mkdir(join(this.dir, "blobs"), { recursive: true, mode: 0o700 });
    await chmod(this.dir, 0o700);
    const path = join(this.dir, "functions.json");
    try {
      this.#table = parseTable(await readFile(path, "utf8"));
    } catch (cause) {
      if ((cause as NodeJS.ErrnoException).code === "ENOENT") return;
      throw new BeeError({
        code: "BEE-E710",
        message: "The table of deployed functions cannot be read",
        detail: path,
        hint: "Run `bee local reset`, then deploy again",
        exit: exitCodes.usage,
        cause,
      });
    }
    await this.sweep();
  }

  async save(table: FunctionTable): Promise<void> {
    await this.#write(join(this.dir, "functions.json"), Buffer.from(JSON.stringify(table)));
    this.#table = table;
  }

  /** Repeatable: same bytes, same blob. */
  async keep(bytes: Uint8Array): Promise<string> {
    const sha256 = sha256Of(bytes);
    const path = this.blobPath(sha256);
    const known = await stat(path).catch(() => null);
    if (known?.size !== bytes.length) await this.#write(path, bytes);
    return sha256;
  }

  blobPath(sha256: string): string {
    return join(this.dir, "blobs", `${sha256}.js`);
  }

  async readSources(version: StoredVersion): Promise<readonly SourceFile[]> {
    return Promise.all(
      version.sources.map(async ({ path, sha256 }) => ({
        path,
        bytes: await readFile(this.blobPath(sha256)),
      })),
    );
  }

  /** Removes blobs that no version names, and what an interrupted write left. */
  async sweep(): Promise<void> {
    const { live, staged, past } = this.#table;
    const named = new Set<string>();
    for (const version of [...Object.values(live), ...staged, ...past]) {
      named.add(`${version.sha256}.js`);
      for (const source of version.sources) named.add(`${source.sha256}.js`);
    }
    const blobs = join(this.dir, "blobs");
    const unnamed = (await readdir(blobs)).filter((name) => !named.has(name));
    await Promise.all(unnamed.map((name) => rm(join(blobs, name), { force: true })));
  }

  async #write(path: string, bytes: Uint8Array): Promise<void> {
    const draft = `${path}.${randomBytes(6).toString("hex")}.draft`;
    try {
      await writeFile(draft, bytes, { mode: 0o600, flag: "wx" });
      await rename(draft, path);
    } catch (error) {
      await rm(draft, { force: true });
      throw error;
    }
  }
}
