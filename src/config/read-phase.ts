import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { parse } from "yaml";
import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { nearest } from "../core/nearest.ts";
import type { Phase } from "../plan/phase.ts";
import { packageRoot } from "./package-root.ts";

const schema = z.strictObject({
  id: z.string(),
  title: z.string(),
  gatesBefore: z.array(z.string()),
  steps: z.array(z.string()),
  gatesAfter: z.array(z.string()),
});

/** plans/<id>.yaml, or an error that names the phases there are. */
export async function readPhase(id: string): Promise<Phase> {
  const folder = join(packageRoot, "plans");
  const ids = (await readdir(folder))
    .flatMap((name) => (name.endsWith(".yaml") ? [name.slice(0, -5)] : []))
    .sort();
  if (!ids.includes(id)) throw unknownPhase(id, ids);
  return schema.parse(parse(await readFile(join(folder, `${id}.yaml`), "utf8")));
}

function unknownPhase(id: string, ids: readonly string[]): BeeError {
  const guess = nearest(id, ids);
  return new BeeError({
    code: "BEE-E104",
    message: `There is no phase "${id}".`,
    detail: `phases: ${ids.join(", ")}`,
    hint: guess == null ? `Name one of them: bee deploy ${ids[0]}` : `Did you mean: bee deploy ${guess}`,
    exit: exitCodes.usage,
  });
}
