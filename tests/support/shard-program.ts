import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { root } from "./bee.ts";

/** What the containers of a sharded load test run, as it is built; built anew when it is stale. */
export async function readShardProgram(): Promise<Buffer> {
  // @ts-expect-error a script without types
  const { ensureBuilt } = await import("../../scripts/ensure-built.cjs");
  await ensureBuilt();
  return readFile(join(root, "dist/shard.mjs"));
}
