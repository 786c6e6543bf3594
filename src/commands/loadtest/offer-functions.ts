import { randomBytes } from "node:crypto";
import { inFlightLimitOf } from "../../plan/load/assemble-plan.ts";
import type { LoadPlan } from "../../plan/load/result.ts";
import type { Scenario } from "../../plan/load/scenario.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";
import type { LoadEngine, Offered } from "./engine.ts";
import type { Tenant } from "./tenant.ts";

export interface FunctionsOffer {
  readonly ctx: CommandContext;
  readonly target: Target;
  readonly plan: LoadPlan;
  readonly scenario: Scenario;
  readonly engine: LoadEngine;
  readonly tenant: Tenant;
  readonly signal: AbortSignal;
}

/** Sends the calls of a scenario as the synthetic users, by the chosen engine. */
export async function offerFunctions({ engine, tenant, ...offer }: FunctionsOffer): Promise<Offered> {
  const { target, plan } = offer;
  const { publishable: publishableKey } = await target.ports.project.readApiKeys();
  return engine.offer({
    ...offer,
    publishableKey,
    tokens: await Promise.all(tenant.users.map((user) => user.readToken())),
    run: randomBytes(4).toString("hex"),
    inFlightLimit: inFlightLimitOf(plan),
  });
}
