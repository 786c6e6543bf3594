import * as z from "zod";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { readExceptions } from "../../engine/verdict-policy.ts";
import type { Report } from "../../output/report.ts";
import type { EvidenceRecord } from "../../plan/evidence-record.ts";
import type { Revocation, Waiver } from "../../plan/exception.ts";
import { readFoundKeys } from "../../plan/found-keys.ts";
import type { CommandContext } from "../context.ts";
import { assertExpiry, findGate, readGateScope } from "../exception-scope.ts";
import { parseFlags, targetFlags } from "../flags.ts";
import { openProject, readWork } from "../read-work.ts";
import type { Target } from "../target.ts";
import { unknownGate } from "../unknown-gate.ts";

const name = z.string().trim().min(1);

const given = z.strictObject({
  id: z.string(),
  ...targetFlags,
  reason: name,
  owner: name,
  expires: z.iso.date("a day as YYYY-MM-DD"),
});

const taken = z.strictObject({ id: z.string(), ...targetFlags, revoke: z.literal(true) });

/** Verify records that are searched for a finding's key. */
const searched = 50;

/** `bee waive <gate|finding key> --reason --owner --expires`, and `--revoke` to take that back. */
export async function runWaive(flags: unknown, ctx: CommandContext): Promise<Report> {
  const revoking = flags != null && typeof flags === "object" && "revoke" in flags;
  return revoking ? revoke(parseFlags(taken, flags), ctx) : waive(parseFlags(given, flags), ctx);
}

async function waive(input: z.infer<typeof given>, ctx: CommandContext): Promise<Report> {
  assertExpiry(input.expires, ctx);
  const found = await findGate(input.id);
  const project = await openProject(ctx, input.project);
  const work = found == null ? null : await readWork(ctx, project, input.target);
  const target = await ctx.connect(project, input.target);
  try {
    const { reason, owner, expires } = input;
    const about: Pick<Waiver, "of" | "id" | "scope"> =
      found != null && work != null
        ? {
            of: "gate",
            id: found.gate.id,
            scope: await readGateScope(found.described, work, target, ctx),
          }
        : { of: "finding", id: input.id, scope: await findScope(input.id, ctx, project.root, target) };
    const body: Waiver = { ...about, reason, owner, expires };
    const record = await target.evidence.append("waive", ctx.actor, body);
    const what = body.of === "gate" ? `gate ${body.id}` : `finding ${body.id}`;
    return report(target, record, body, `${what} is waived by ${owner} until ${expires}: ${reason}`);
  } finally {
    await target.close();
  }
}

async function revoke({ id, ...input }: z.infer<typeof taken>, ctx: CommandContext): Promise<Report> {
  const gate = (await findGate(id))?.gate.id;
  const target = await ctx.connect(await openProject(ctx, input.project), input.target);
  try {
    const { exceptions, broken } = await readExceptions(target.evidence, ctx.clock);
    if (broken != null) throw tampered(broken);
    const { gateWaivers, attestations, findingWaivers } = exceptions;
    const stands = gate == null ? findingWaivers.has(id) : gateWaivers.has(gate) || attestations.has(gate);
    if (!stands) throw nothingStands(id);
    const body: Revocation = { of: gate == null ? "finding" : "gate", id: gate ?? id, revoked: true };
    const record = await target.evidence.append("waive", ctx.actor, body);
    return report(target, record, body, `nothing excepts ${body.id} any longer`);
  } finally {
    await target.close();
  }
}

/** A finding's scope as it was last measured, or as the audit sees it now: only what was seen can be waived. */
async function findScope(key: string, ctx: CommandContext, root: string, target: Target): Promise<string> {
  const keys = readFoundKeys(await target.evidence.read(["verify"], searched));
  const measured = keys.get(key);
  if (measured != null) return measured;
  const { findAudited } = await import("../audit/find-audited.ts");
  const audited = await findAudited(key, ctx, root, target);
  if (audited == null) throw await unknownGate(key, [...keys.keys()]);
  if (audited.scope == null) throw await unknownGate(key, audited.keys);
  return audited.scope;
}

function report(target: Target, { seq }: EvidenceRecord, body: Waiver | Revocation, summary: string): Report {
  return {
    command: "waive",
    target: { name: target.name, ref: target.ref, url: target.url },
    exitCode: exitCodes.ok,
    summary,
    data: { record: seq, ...body },
    facts: [["record", String(seq)]],
  };
}

function nothingStands(id: string): BeeError {
  return new BeeError({
    code: "BEE-E115",
    message: `Nothing excepts ${id}: no waiver or attestation of it stands.`,
    detail: "nothing was recorded",
    hint: "What stands is shown by: bee verify",
    exit: exitCodes.usage,
  });
}

function tampered(broken: string): BeeError {
  return new BeeError({
    code: "BEE-E116",
    message: "The evidence was changed afterwards, so nothing in it counts.",
    detail: broken,
    hint: "See: bee verify --chain",
    exit: exitCodes.refused,
  });
}
