import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { type HotQuery, parseHotQuery } from "../plan/load/hot-queries.ts";
import { packageRoot } from "./package-root.ts";

const folder = "loadtests/database";

/** The project's own loadtests/database/*.sql, else those of the bundled app. Throws BEE-E750 with every mistake. */
export async function readHotQueries(root: string): Promise<readonly HotQuery[]> {
  const own = await readNames(join(root, folder));
  const dir = own.length > 0 ? join(root, folder) : join(packageRoot, folder);
  const names = own.length > 0 ? own : await readNames(dir);
  const parsed = await Promise.all(
    names.map(async (file) => parseHotQuery(file.slice(0, -4), await readFile(join(dir, file), "utf8"))),
  );
  const mistakes = parsed.flatMap((one) => ("mistakes" in one ? one.mistakes : []));
  if (mistakes.length > 0) throw invalid(dir, mistakes);
  return parsed.flatMap((one) => ("query" in one ? [one.query] : []));
}

async function readNames(dir: string): Promise<readonly string[]> {
  const names = await readdir(dir).catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return [];
    throw error;
  });
  return names.filter((name) => name.endsWith(".sql")).sort();
}

function invalid(dir: string, mistakes: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E750",
    message: `The queries to be run have ${mistakes.length === 1 ? "a mistake" : `${mistakes.length} mistakes`}.`,
    detail: `${mistakes.join("\n")}\nnothing was sent`,
    hint: `Mend the files in ${dir}; docs/loadtest.md describes them.`,
    exit: exitCodes.usage,
  });
}
