import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { judgeVerdicts, type VerdictState } from "../plan/function-verdict.ts";
import { hashFunction } from "../plan/hash-function.ts";
import { parseVerdicts, verdictsFile } from "./function-verdicts.ts";
import { readSources } from "./read-sources.ts";

/** What is decided over the functions that a deploy takes; null for a project that keeps no such record. */
export async function readVerdictState(root: string, slugs: readonly string[]): Promise<VerdictState | null> {
  const yaml = await readFile(join(root, verdictsFile), "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return null;
    throw error;
  });
  if (yaml == null) return null;
  const parsed = parseVerdicts(yaml);
  if ("mistakes" in parsed) return { kind: "unreadable", mistakes: parsed.mistakes };
  const hashes = await Promise.all(
    slugs.map(async (slug): Promise<[string, string | null]> => {
      const { files } = await readSources(join(root, "supabase/functions", slug));
      return [slug, hashFunction(files)];
    }),
  );
  return { kind: "read", functions: slugs.length, open: judgeVerdicts(new Map(hashes), parsed.verdicts) };
}
