import { readFile, writeFile } from "node:fs/promises";
import { resolve } from "node:path";
import * as z from "zod";
import type { Baseline } from "../../audit/baseline.ts";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { refuseForeignFolder } from "./output-file.ts";

const schema = z.strictObject({
  schemaVersion: z.literal(1),
  accepted: z.array(
    z.strictObject({
      key: z.string().min(1),
      until: z.iso.date(),
      reason: z.string().min(1),
    }),
  ),
});

const empty: Baseline = { schemaVersion: 1, accepted: [] };

/** Empty when no file is named, or when it need not exist yet. Throws BEE-E902. */
export async function readBaseline(
  cwd: string,
  file: string | undefined,
  mustExist: boolean,
): Promise<Baseline> {
  if (file == null) return empty;
  let text: string;
  try {
    text = await readFile(resolve(cwd, file), "utf8");
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code === "ENOENT" && !mustExist) return empty;
    throw unusable(file, (error as NodeJS.ErrnoException).code ?? String(error), error);
  }
  try {
    return schema.parse(JSON.parse(text));
  } catch (error) {
    const detail =
      error instanceof z.ZodError
        ? error.issues.map(({ path, message }) => `${path.join(".")}: ${message}`).join("\n")
        : String(error);
    throw unusable(file, detail, error);
  }
}

export async function writeBaseline(
  cwd: string,
  root: string,
  file: string,
  baseline: Baseline,
): Promise<void> {
  const path = resolve(cwd, file);
  await refuseForeignFolder(cwd, root, path);
  await writeFile(path, `${JSON.stringify(baseline, null, 2)}\n`);
}

function unusable(file: string, detail: string, cause: unknown): BeeError {
  return new BeeError({
    code: "BEE-E902",
    message: `The baseline ${file} cannot be used.`,
    detail,
    hint: `Write it anew: bee audit --write-baseline ${file}`,
    exit: exitCodes.usage,
    cause,
  });
}
