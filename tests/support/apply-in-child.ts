import { type ChildProcess, spawn } from "node:child_process";
import { mkdtemp, rm } from "node:fs/promises";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { build } from "esbuild";

export interface ApplyingChild {
  readonly process: ChildProcess;
  readonly exited: Promise<number | null>;
  /** What it said on stdout and stderr, once it has exited. */
  readonly said: () => string;
}

export interface Applier {
  /** Applies one migration in a process of its own, with a lock that was taken here. */
  start(url: string, token: number, version: string, sql: string): ApplyingChild;
  remove(): Promise<void>;
}

const source = `
import { createMigrationStore } from "./src/supabase/migration-store.ts";
import { migration, openDatabase } from "./tests/support/target.ts";
const [url, token, version, sql] = process.argv.slice(2);
const database = openDatabase(url, "bee-child");
await createMigrationStore(database).apply(migration(version, "x", sql), { token: Number(token) });
await database.close();
`;

/** Takes one migration back instead, its history row included. */
export const revertSource = `
import { createSchemaReverter } from "./src/supabase/schema-reverter.ts";
import { migration, openDatabase } from "./tests/support/target.ts";
const [url, token, version, sql] = process.argv.slice(2);
const database = openDatabase(url, "bee-child");
const downs = [migration(version, "x", sql)];
const request = { downs, history: [version], tables: ["public.made"], judge: () => [] };
await createSchemaReverter(database).revert(request, { token: Number(token) });
await database.close();
`;

/** Builds the child once. It lies inside the repository so that it finds node_modules. */
export async function createApplier(childSource = source): Promise<Applier> {
  const root = fileURLToPath(new URL("../../", import.meta.url));
  const dir = await mkdtemp(join(root, "node_modules", ".bee-test-"));
  const outfile = join(dir, "apply.mjs");
  await build({
    stdin: { contents: childSource, resolveDir: root, loader: "ts" },
    bundle: true,
    platform: "node",
    format: "esm",
    packages: "external",
    loader: { ".sql": "text" },
    outfile,
  });
  return {
    start(url, token, version, sql) {
      const child = spawn(process.execPath, [outfile, url, String(token), version, sql]);
      let text = "";
      for (const stream of [child.stdout, child.stderr]) {
        stream.on("data", (chunk: Buffer) => {
          text += chunk.toString();
        });
      }
      const exited = new Promise<number | null>((resolve) => child.on("close", resolve));
      return { process: child, exited, said: () => text };
    },
    remove: () => rm(dir, { recursive: true, force: true }),
  };
}
