import { BeeError } from "../core/bee-error.ts";
import {
  assemblePinning,
  findRevisionAt,
  isPinned,
  isSettled,
  sameTraffic,
} from "../plan/assemble-traffic.ts";
import type { TrafficChange, TrafficPin } from "../plan/traffic.ts";
import { planTrafficRollback, readKnown, type TrafficContext } from "./shift-traffic.ts";

export interface PinRequest {
  readonly services: readonly string[];
  /** Revisions asked for, by service; the others go to the one before. */
  readonly revisions: ReadonlyMap<string, string>;
  /** ISO 8601: to what was ready then instead of to the one before; null asks for the one before. */
  readonly asOf: string | null;
  readonly pins: readonly TrafficPin[];
}

export interface PinPlan {
  readonly changes: readonly TrafficChange[];
  /** Services that need nothing, and why. */
  readonly stays: readonly { readonly service: string; readonly why: string }[];
  /** Services that have nothing to go to. */
  readonly impossible: readonly BeeError[];
}

type Decision =
  | { readonly change: TrafficChange }
  | { readonly service: string; readonly why: string }
  | BeeError;

/**
 * Where each service's requests would go. Reads only. A service that is pinned already does not go further back, however
 * often it is asked for: only a revision that is named moves it again.
 */
export async function planPins(ctx: TrafficContext, request: PinRequest): Promise<PinPlan> {
  const decisions = await Promise.all(request.services.map((service) => decide(ctx, service, request)));
  return {
    changes: decisions.flatMap((decision) => ("change" in decision ? [decision.change] : [])),
    stays: decisions.flatMap((decision) => ("why" in decision ? [decision] : [])),
    impossible: decisions.filter((decision) => decision instanceof BeeError),
  };
}

async function decide(ctx: TrafficContext, service: string, request: PinRequest): Promise<Decision> {
  const live = await readKnown(ctx.traffic, service);
  const pin = request.pins.find((one) => one.service === service);
  const held = pin != null && isPinned(live, pin) ? pin : null;
  const named = request.revisions.get(service);
  const at = named ?? (request.asOf == null ? undefined : await revisionAt(ctx, service, request.asOf));
  if (at === null) return { service, why: `had no ready revision at ${request.asOf}` };
  if (held != null && (at == null || at === held.revision)) {
    const why = `pinned to ${held.revision} since ${held.pinnedAt}`;
    if (isSettled(live)) return { service, why };
    return { change: { ...assemblePinning(live, held.revision), from: held.before } };
  }
  try {
    const change = await planTrafficRollback(ctx, service, at);
    const serves = live.latestReady === at && sameTraffic(live.traffic, assemblePinning(live, null).to);
    if (named == null && (serves || sameTraffic(change.from, change.to))) {
      return { service, why: `at ${at} already` };
    }
    return { change };
  } catch (error) {
    if (error instanceof BeeError && error.code === "BEE-E803") return error;
    throw error;
  }
}

async function revisionAt(ctx: TrafficContext, service: string, asOf: string): Promise<string | null> {
  return findRevisionAt(await ctx.traffic.listRevisions(service), asOf);
}
