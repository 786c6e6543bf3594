import { mkdir, readFile, realpath, rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import { findProject } from "../../config/find-project.ts";
import { formatVerdicts, parseVerdicts, verdictsFile } from "../../config/function-verdicts.ts";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { nearest } from "../../core/nearest.ts";
import type { Report } from "../../output/report.ts";
import { type FunctionVerdict, verdictKinds } from "../../plan/function-verdict.ts";
import type { CommandContext } from "../context.ts";

interface Decision {
  /** NAME=VERDICT. */
  readonly decide: string;
  readonly by: string | undefined;
  readonly evidence: string | undefined;
  /** Hash of each function's source here. */
  readonly hashes: ReadonlyMap<string, string | null>;
}

const usage = "bee audit functions --decide NAME=KEEP|DELETE|MERGE|DEFER --by NAME --evidence TEXT";

/** Writes down what was decided over a function, in the project around here and in no other. Throws BEE-E905 and BEE-E906. */
export async function decideFunction(
  ctx: CommandContext,
  root: string,
  { decide, by, evidence, hashes }: Decision,
): Promise<Report> {
  const [, name = "", kind = ""] = /^([^=]+)=(.+)$/.exec(decide) ?? [];
  const verdict = verdictKinds.find((one) => one === kind.toUpperCase());
  if (verdict == null) throw refuse(`"${decide}" names no function and verdict.`, usage);
  if (!by?.trim() || !evidence?.trim())
    throw refuse(
      `${by?.trim() ? "--evidence" : "--by"} is missing.`,
      usage,
      "A verdict says who decided and on what.",
    );
  const own = await findProject(ctx.cwd).catch(() => null);
  if (own == null || (await realpath(own.root)) !== (await realpath(root)))
    throw refuse(
      `${root} is not the project here.`,
      `Decide inside of it: cd ${root}`,
      "The audit writes nothing into what it audits.",
    );
  const path = join(root, verdictsFile);
  const old = await readFile(path, "utf8").catch((error: NodeJS.ErrnoException) => {
    if (error.code === "ENOENT") return "";
    throw error;
  });
  const parsed = old.trim() === "" ? { verdicts: [] } : parseVerdicts(old);
  if ("mistakes" in parsed)
    throw new BeeError({
      code: "BEE-E906",
      message: `${verdictsFile} cannot be read, so nothing was written.`,
      detail: parsed.mistakes.join("\n"),
      hint: `Mend ${verdictsFile}, then decide again.`,
      exit: exitCodes.usage,
    });
  if (!hashes.has(name) && verdict !== "DELETE") {
    const guess = nearest(name, [...hashes.keys()]);
    throw refuse(
      `There is no source of a function ${name}.`,
      guess == null ? usage : `Did you mean: --decide ${guess}=${verdict}`,
    );
  }
  const record: FunctionVerdict = {
    function: name,
    verdict,
    by: by.trim(),
    at: new Date(ctx.clock.now()).toISOString().slice(0, 10),
    sourceHash: hashes.get(name) ?? null,
    evidence: evidence.trim(),
  };
  const verdicts = [...parsed.verdicts.filter((one) => one.function !== name), record];
  const text = formatVerdicts(verdicts, old);
  if ("mistakes" in parseVerdicts(text)) throw refuse(`"${name}" is no name of a function.`, usage);
  await mkdir(dirname(path), { recursive: true });
  await writeFile(`${path}.new`, text);
  await rename(`${path}.new`, path);
  return {
    command: "audit",
    exitCode: exitCodes.ok,
    summary: `${name}: ${verdict}, written to ${verdictsFile}`,
    next: ["bee audit functions"],
    data: { decided: record },
  };
}

function refuse(message: string, hint: string, detail?: string): BeeError {
  return new BeeError({
    code: "BEE-E905",
    message,
    hint,
    exit: exitCodes.usage,
    ...(detail == null ? {} : { detail }),
  });
}
