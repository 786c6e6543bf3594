import { createHash } from "node:crypto";
import { createReadStream } from "node:fs";
import { resolve } from "node:path";
import { pipeline } from "node:stream/promises";
import * as z from "zod";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import type { Report } from "../../output/report.ts";
import type { Attestation } from "../../plan/exception.ts";
import type { CommandContext } from "../context.ts";
import { assertExpiry, findGate, readGateScope } from "../exception-scope.ts";
import { parseFlags, targetFlags } from "../flags.ts";
import { openProject, readWork } from "../read-work.ts";
import { unknownGate } from "../unknown-gate.ts";

const schema = z.strictObject({
  gate: z.string(),
  ...targetFlags,
  by: z.string().trim().min(1),
  evidence: z.string().trim().min(1),
  expires: z.iso.date("a day as YYYY-MM-DD"),
});

/** `bee attest <gate> --by --evidence --expires`: a person's word for what no machine can measure. */
export async function runAttest(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  assertExpiry(input.expires, ctx);
  const found = await findGate(input.gate);
  if (found == null) throw await unknownGate(input.gate, []);
  const evidence = await readEvidence(input.evidence, ctx.cwd);
  const project = await openProject(ctx, input.project);
  const work = await readWork(ctx, project, input.target);
  const target = await ctx.connect(project, input.target);
  try {
    const body: Attestation = {
      gate: found.gate.id,
      by: input.by,
      evidence,
      expires: input.expires,
      scope: await readGateScope(found.described, work, target, ctx),
    };
    const { seq } = await target.evidence.append("attest", ctx.actor, body);
    return {
      command: "attest",
      target: { name: target.name, ref: target.ref, url: target.url },
      exitCode: exitCodes.ok,
      summary: `${found.gate.id} is attested by ${input.by} until ${input.expires}`,
      data: { record: seq, ...body },
      facts: [
        ["line", found.described.line],
        ["evidence", "url" in evidence ? evidence.url : `${evidence.file} (sha256 ${evidence.sha256})`],
        ["bound to", bindings[found.described.scope]],
        ["record", String(seq)],
      ],
    };
  } finally {
    await target.close();
  }
}

const bindings = {
  release: "these functions and migrations: when they change, it is asked again",
  functions: "these functions: when they change, it is asked again",
  database: "these migrations: when they change, it is asked again",
  standing: "the question alone",
} as const;

/** An http(s) URL as it is; anything else is a file, recorded by its digest. */
async function readEvidence(text: string, cwd: string): Promise<Attestation["evidence"]> {
  if (/^https?:\/\//i.test(text)) {
    if (URL.canParse(text)) return { url: text };
    throw badEvidence(text, "it is not a valid URL");
  }
  const hash = createHash("sha256");
  try {
    await pipeline(createReadStream(resolve(cwd, text)), hash);
  } catch (error) {
    throw badEvidence(text, error instanceof Error ? error.message : String(error));
  }
  return { file: text, sha256: hash.digest("hex") };
}

function badEvidence(text: string, why: string): BeeError {
  return new BeeError({
    code: "BEE-E113",
    message: `--evidence ${text} cannot be taken: ${why}`,
    detail: "nothing was recorded",
    hint: "Name a file that can be read, or an http(s) URL.",
    exit: exitCodes.usage,
  });
}
