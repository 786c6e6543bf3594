import { existsSync } from "node:fs";
import { readFile } from "node:fs/promises";
import { basename, dirname, join, resolve } from "node:path";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { type Config, configSchema } from "./schema.ts";

export interface Project {
  /** Absolute path of the folder that holds supabase/. */
  readonly root: string;
  readonly config: Config;
  /** Null when the project has no bee.config.yaml and defaults hold. */
  readonly configFile: string | null;
}

const configName = "bee.config.yaml";

/** The project at `dir` or above, up to the git root: bee.config.yaml, else a plain supabase/ folder. */
export async function findProject(dir: string): Promise<Project> {
  if (!existsSync(dir)) throw notFound(dir);
  for (const folder of foldersUpward(resolve(dir))) {
    const configFile = join(folder, configName);
    if (existsSync(configFile)) {
      // A YAML parser is loaded only where there is a file to read.
      const { parseConfig } = await import("./parse-config.ts");
      return {
        root: folder,
        config: parseConfig(await readFile(configFile, "utf8"), configName),
        configFile,
      };
    }
    if (existsSync(join(folder, "supabase"))) {
      const config = configSchema.parse({ schemaVersion: 1, name: basename(folder) || "app" });
      return { root: folder, config, configFile: null };
    }
  }
  throw notFound(dir);
}

function* foldersUpward(start: string): Generator<string> {
  for (let folder = start; ; folder = dirname(folder)) {
    yield folder;
    if (existsSync(join(folder, ".git")) || dirname(folder) === folder) return;
  }
}

function notFound(dir: string): BeeError {
  return new BeeError({
    code: "BEE-E102",
    message: `No Supabase project in ${dir} or above it.`,
    detail: `Looked for ${configName} and for a folder supabase/, up to the git root.`,
    hint: "Go to the project's folder, or name it: bee --project DIR …",
    exit: exitCodes.usage,
  });
}
