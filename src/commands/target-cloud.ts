import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { TrafficPin } from "../plan/traffic.ts";
import type { Target, TargetCloud } from "./target.ts";

/** Throws BEE-E852 where no Google Cloud project is configured. */
export function demandCloud({ name, cloud }: Pick<Target, "name" | "cloud">): TargetCloud {
  if (cloud != null) return cloud;
  throw new BeeError({
    code: "BEE-E852",
    message: `No Google Cloud project is configured for ${name}`,
    detail: "Nothing was asked or changed.",
    hint: `Add targets.${name}.gcp (project, region, services) to bee.config.yaml; see docs/rollback.md.`,
    exit: exitCodes.usage,
  });
}

/** Before a deploy changes anything: whether it can give pinned services their latest revision again. Throws BEE-E853. */
export async function assertUnpinnable(
  { ports, name }: Pick<Target, "ports" | "name">,
  pins: readonly TrafficPin[],
): Promise<void> {
  if (pins.length === 0) return;
  try {
    await ports.pinned.assertReachable(pins);
  } catch (error) {
    if (!(error instanceof BeeError)) throw error;
    const held = pins.map(({ service, revision }) => `${service} at ${revision}`).join(", ");
    throw new BeeError({
      code: "BEE-E853",
      message: `A rollback pinned ${held}, and this deploy cannot unpin: ${error.message}`,
      detail: `${error.detail ?? ""}\nNothing was changed on ${name}.`.trim(),
      hint: error.hint ?? "bee rollback infra --check",
      exit: error.exit,
      cause: error,
    });
  }
}
