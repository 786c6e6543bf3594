import { readChecklists } from "../../config/read-checklists.ts";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { gates } from "../../gates/index.ts";
import { findThresholds, type LoadThresholds } from "../../plan/load/thresholds.ts";
import type { Target } from "../target.ts";

/** The limits that checklists/success-metrics.yaml words. Throws BEE-E861 when a line no longer says one. */
export async function readLimits(gate: Parameters<typeof findThresholds>[1]): Promise<LoadThresholds> {
  const limits = findThresholds(await readChecklists(gates.map(({ id }) => id)), gate);
  if (limits != null) return limits;
  throw new BeeError({
    code: "BEE-E861",
    message: `checklists/success-metrics.yaml words no limit for ${gate} or error-rate.`,
    detail: "nothing was sent",
    hint: 'Say it as "< 2 seconds p95", "< 500ms p95", "< 1%", "within 30 seconds" and "> 99.9%".',
    exit: exitCodes.usage,
  });
}

/** The live release, which the figures will be bound to. Throws BEE-E862 when nothing was ever deployed. */
export async function readReleaseId(target: Target): Promise<string> {
  const [release] = await target.ports.ledger.readReleases(1);
  if (release != null) return release.id;
  throw new BeeError({
    code: "BEE-E862",
    message: `There is no release on ${target.name} to put under load.`,
    detail: "nothing was sent",
    hint: `bee deploy phase1${target.name === "local" ? "" : ` --target ${target.name}`}`,
    exit: exitCodes.usage,
  });
}
