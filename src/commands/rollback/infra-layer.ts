import { exitCodes } from "../../core/exit-code.ts";
import { pinServices } from "../../engine/pin-services.ts";
import { type PinPlan, planPins } from "../../engine/plan-pins.ts";
import { describeTraffic } from "../../plan/assemble-traffic.ts";
import type { TrafficChange, TrafficPin } from "../../plan/traffic.ts";
import type { TargetCloud } from "../target.ts";
import { demandCloud } from "../target-cloud.ts";
import { chooseServices, type InfraChoice } from "./infra-choice.ts";
import type { Layer, LayerOutcome, LayerRequest, WayBack } from "./layer.ts";
import { underCloudLock } from "./under-cloud-lock.ts";

/** The plan gives infrastructure no minutes; traffic moves in seconds, and the immediate rollback has these. */
const budgetMs = 5 * 60_000;

interface InfraRequest extends InfraChoice {
  /** This layer was asked for by name: then a missing configuration or revision is an error, else it has nothing to do. */
  readonly asked: boolean;
}

/**
 * Cloud Run traffic to the prior ready revision, or to the one of the release's time. Nothing is deleted. The pins are
 * kept in the target's database, so that the next deploy gives the services their latest revision again.
 */
export function createInfraLayer({ asked, ...choice }: InfraRequest): Layer {
  return {
    name: "infra",
    async prepare(request) {
      const cloud = asked ? demandCloud(request.target) : request.target.cloud;
      if (cloud == null) return null;
      const plan = await planPins(trafficContext(cloud, request), {
        ...chooseServices(choice, cloud.services),
        asOf: findTime(request),
        pins: await request.target.ports.pins.read(),
      });
      if (plan.changes.length > 0) return describeWay(plan, cloud, request);
      const [refusal] = plan.impossible;
      if (refusal != null && asked && plan.stays.length === 0) throw refusal;
      for (const [, text] of describeStays(plan)) request.ctx.emit({ type: "note", text });
      return null;
    },
  };
}

/** When the release went live; one that brought another back stands for that one. */
function findTime({ to, releases }: LayerRequest): string | null {
  const origin = releases.find(({ id }) => id === to?.restores);
  return (origin ?? to)?.recordedAt ?? null;
}

function trafficContext(cloud: TargetCloud, { ctx }: Pick<LayerRequest, "ctx">) {
  return { traffic: cloud.openTraffic(), clock: ctx.clock, signal: ctx.signal };
}

function describeWay(plan: PinPlan, cloud: TargetCloud, request: LayerRequest): WayBack {
  const { changes, stays } = plan;
  return {
    layer: "infra",
    change: changes.map(({ service, to }) => `${service}: ${describeTraffic(to)}`).join("; "),
    facts: [...changes.map(describeChange), ...describeStays(plan)],
    data: { cloud: { project: cloud.project, region: cloud.region }, changes, stays },
    lost: [],
    refusals: [],
    budgetMs,
    apply: () => apply(changes, cloud, request),
  };
}

function describeStays({ stays, impossible }: PinPlan): readonly (readonly [string, string])[] {
  return [
    ...stays.map(({ service, why }) => ["stays", `${service}: ${why}`] as const),
    ...impossible.map(({ message }) => ["stays", message] as const),
  ];
}

function describeChange({ service, from, to }: TrafficChange): readonly [string, string] {
  return ["traffic", `${service}: ${describeTraffic(from)} → ${describeTraffic(to)}`];
}

async function apply(
  changes: readonly TrafficChange[],
  cloud: TargetCloud,
  request: LayerRequest,
): Promise<LayerOutcome> {
  const { target } = request;
  const kept = await underCloudLock(request, "bee rollback infra", (lease, signal, traffic) =>
    pinServices({
      ...trafficContext(cloud, request),
      traffic,
      signal,
      pins: target.ports.pins,
      changes,
      fence: lease,
    }),
  );
  return {
    exitCode: exitCodes.ok,
    state: kept.map(({ service, revision }) => `${service} serves ${revision}`).join(", "),
    facts: [...kept.map(describePin), ["until", "the next bee deploy, which unpins"]],
    data: { pins: kept },
  };
}

function describePin({ service, revision }: TrafficPin): readonly [string, string] {
  return ["pinned", `${service} to ${revision}`];
}
