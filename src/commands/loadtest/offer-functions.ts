import { randomBytes } from "node:crypto";
import { join } from "node:path";
import { packageRoot } from "../../config/package-root.ts";
import type { Secret } from "../../core/secret.ts";
import type { LoadPlan, LoadResult } from "../../plan/load/result.ts";
import type { Scenario } from "../../plan/load/scenario.ts";
import { assembleStages } from "../../plan/load/schedule.ts";
import type { CommandContext } from "../context.ts";
import type { Target } from "../target.ts";
import { type ChosenEngine, k6Runner } from "./choose-engine.ts";
import { createLoadProgress } from "./load-progress.ts";
import type { Tenant } from "./tenant.ts";

export interface Offer {
  readonly ctx: CommandContext;
  readonly target: Target;
  readonly plan: LoadPlan;
  readonly scenario: Scenario;
  readonly engine: ChosenEngine;
  readonly tenant: Tenant;
  readonly signal: AbortSignal;
}

interface Access {
  readonly publishableKey: string;
  /** One per synthetic user. */
  readonly tokens: readonly Secret[];
  /** Makes the keys of this run unique. */
  readonly run: string;
  readonly inFlightLimit: number;
}

/** Sends the calls of a scenario as the synthetic users, by the chosen engine. */
export async function offerFunctions(offer: Offer): Promise<LoadResult> {
  const { target, plan, tenant, engine } = offer;
  const { publishable: publishableKey } = await target.ports.project.readApiKeys();
  const access: Access = {
    publishableKey,
    tokens: await Promise.all(tenant.users.map((user) => user.readToken())),
    run: randomBytes(4).toString("hex"),
    inFlightLimit: Math.min(2000, Math.max(100, Math.ceil(plan.rate * 5))),
  };
  return engine.kind === "k6" ? offerByK6(offer, engine, access) : offerEmbedded(offer, access);
}

async function offerByK6(
  { target, plan, scenario, signal }: Offer,
  { version, path }: Extract<ChosenEngine, { kind: "k6" }>,
  access: Access,
): Promise<LoadResult> {
  const { runK6 } = await import("../../tools/load/k6.ts");
  return runK6({
    ...access,
    version,
    path,
    plan,
    signal,
    stages: assembleStages(plan.profile, plan.rate, plan.durationMs),
    script: join(packageRoot, "loadtests", `${scenario}.js`),
    url: target.url,
    invoke: await k6Runner(),
  });
}

async function offerEmbedded(
  { ctx, target, plan, scenario, signal }: Offer,
  { tokens, ...access }: Access,
): Promise<LoadResult> {
  const [{ runOpenModel }, { createScenarioCalls }] = await Promise.all([
    import("../../tools/load/open-model.ts"),
    import("../../tools/load/scenario-calls.ts"),
  ]);
  const revealed = tokens.map((token) => token.reveal());
  const calls = createScenarioCalls({ ...access, scenario, url: target.url, tokens: revealed });
  try {
    return await runOpenModel({
      plan,
      stages: assembleStages(plan.profile, plan.rate, plan.durationMs),
      call: calls.call,
      inFlightLimit: access.inFlightLimit,
      signal,
      onSecond: createLoadProgress(ctx, plan),
    });
  } finally {
    calls.close();
  }
}
