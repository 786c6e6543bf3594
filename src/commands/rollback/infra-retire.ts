import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { nearest } from "../../core/nearest.ts";
import { assertRetirable, retireService } from "../../engine/shift-traffic.ts";
import type { Report } from "../../output/report.ts";
import { describeTraffic } from "../../plan/assemble-traffic.ts";
import { confirmChange } from "../confirm-target.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";
import { demandCloud } from "../target-cloud.ts";
import type { InfraInput } from "./infra-flags.ts";
import { withRollback } from "./open-rollback.ts";
import { underCloudLock } from "./under-cloud-lock.ts";

/** Deletes a legacy service for good, when it was named twice. One that is gone already is no failure. */
export async function retire(service: string, input: InfraInput, ctx: CommandContext): Promise<Report> {
  return withRollback(input, ctx, async ({ project, target }) => ({
    command: `rollback infra --retire${input.check ? " --check" : ""}`,
    target: { name: target.name, ref: target.ref, url: target.url },
    exitCode: exitCodes.ok,
    ...(await retireFrom(target, service, project.config.targets[target.name]?.infra?.dir, input, ctx)),
  }));
}

async function retireFrom(
  target: Target,
  service: string,
  terraformDir: string | undefined,
  input: InfraInput,
  ctx: CommandContext,
): Promise<Pick<Report, "summary" | "facts" | "data" | "next">> {
  const cloud = demandCloud(target);
  if (cloud.services.includes(service)) throw stillNeeded(service, target);
  const traffic = cloud.openTraffic();
  const live = await traffic.readService(service);
  if (live == null) {
    const names = (await traffic.listServices()).map(({ name }) => name);
    const near = nearest(service, names);
    const there = names.length === 0 ? "none" : names.sort().join(", ");
    return {
      summary: `there is no service ${service}${near == null ? "" : ` (there is ${near})`}; nothing was changed`,
      facts: [["services", there]],
      data: { service, retired: false },
    };
  }
  const revisions = await traffic.listRevisions(service);
  const facts = [
    ["serves", describeTraffic(live.serving)],
    [
      "lost",
      `the service ${service}, its URL, and its revisions ${revisions.map(({ name }) => name).join(", ")}`,
    ],
  ] as const;
  if (input.check)
    return { summary: "possible; nothing was changed", facts, data: { service, retired: false } };
  const confirm = input.retire[1] ?? null;
  for (const [label, text] of facts) ctx.emit({ type: "note", text: `${label}: ${text}` });
  assertRetirable(service, confirm);
  await confirmChange(`delete the Cloud Run service ${service} for good`, target, input, ctx);
  await underCloudLock(
    { target, ctx },
    `bee rollback infra --retire ${service}`,
    async (lease, signal, fenced) => {
      await retireService({ traffic: fenced, clock: ctx.clock, signal }, { service, confirm });
      await target.ports.pins.remove(service, lease);
    },
  );
  return {
    summary: `${service} is gone`,
    facts,
    data: { service, retired: true },
    ...(terraformDir == null
      ? {}
      : {
          next: [
            `terraform -chdir=${terraformDir} state rm 'google_cloud_run_v2_service.legacy["${service}"]'`,
          ],
        }),
  };
}

function stillNeeded(service: string, { name }: Target): BeeError {
  return new BeeError({
    code: "BEE-E855",
    message: `${service} is no legacy service: it belongs to the app`,
    detail: `targets.${name}.gcp.services names it. Nothing was changed.`,
    hint: "If it is not needed any more, take it out of bee.config.yaml first.",
    exit: exitCodes.refused,
  });
}
