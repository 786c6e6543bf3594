import { setTimeout as sleep } from "node:timers/promises";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { nearest } from "../core/nearest.ts";
import {
  assemblePin,
  assembleTrafficRollback,
  assembleUnpin,
  describeTraffic,
  sameTraffic,
} from "../plan/assemble-traffic.ts";
import type { CloudService, TrafficChange, TrafficPin } from "../plan/traffic.ts";
import type { ServiceTraffic } from "../ports/service-traffic.ts";
import type { Clock } from "./clock.ts";

export interface TrafficContext {
  readonly traffic: ServiceTraffic;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  /** For the change to come about; it takes Cloud Run seconds. 120,000 by default. */
  readonly deadlineMs?: number;
  /** Between two looks. */
  readonly pollMs?: number;
}

const maxAttempts = 4;
const defaultPollMs = 400;

/** Reads only. Throws BEE-E802 (no such service), E803 and E804 (no such ready revision). */
export async function planTrafficRollback(
  { traffic }: TrafficContext,
  service: string,
  to?: string,
): Promise<TrafficChange> {
  const live = await readKnown(traffic, service);
  return assembleTrafficRollback(live, await traffic.listRevisions(service), to);
}

/**
 * Shifts the traffic and waits until it is so. Repeatable: where it is so already nothing is written.
 * Answers the pin to keep when one revision now gets all requests: until it is undone by `unpinTraffic`,
 * deploys of this service stay without traffic (Cloud Run: "rollbacks, gradual rollouts and traffic").
 */
export async function shiftTraffic(ctx: TrafficContext, change: TrafficChange): Promise<TrafficPin | null> {
  await write(ctx, change);
  await waitUntilServing(ctx, change);
  return assemblePin(change, new Date(ctx.clock.now()).toISOString());
}

/** For the next deploy: the latest revision gets all requests again. Null when the pin is no longer in place. */
export async function unpinTraffic(ctx: TrafficContext, pin: TrafficPin): Promise<TrafficChange | null> {
  const change = assembleUnpin(await readKnown(ctx.traffic, pin.service), pin);
  if (change != null) await shiftTraffic(ctx, change);
  return change;
}

/** Throws BEE-E808 unless it was named twice. */
export function assertRetirable(service: string, confirm: string | null): void {
  if (confirm !== service) throw unconfirmed(service);
}

/** Deletes a service for good; `confirm` must name it. Answers false when it was gone already. */
export async function retireService(
  ctx: TrafficContext,
  { service, confirm }: { readonly service: string; readonly confirm: string | null },
): Promise<boolean> {
  assertRetirable(service, confirm);
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const live = await ctx.traffic.readService(service);
    if (live == null) return attempt > 1;
    if ((await ctx.traffic.removeService(live)) === "accepted") {
      await waitFor(ctx, service, async () => (await ctx.traffic.readService(service)) == null);
      return true;
    }
    await pause(ctx);
  }
  throw keepsChanging(service);
}

async function write(ctx: TrafficContext, change: TrafficChange): Promise<void> {
  for (let attempt = 1; attempt <= maxAttempts; attempt += 1) {
    const live = await readKnown(ctx.traffic, change.service);
    if (sameTraffic(live.traffic, change.to)) return;
    if (!sameTraffic(live.traffic, change.from)) throw movedSince(live, change);
    if ((await ctx.traffic.setTraffic(live, change.to)) === "accepted") return;
    await pause(ctx);
  }
  throw keepsChanging(change.service);
}

async function waitUntilServing(ctx: TrafficContext, change: TrafficChange): Promise<void> {
  await waitFor(ctx, change.service, async () => {
    const live = await readKnown(ctx.traffic, change.service);
    if (live.reconciling) return false;
    if (!sameTraffic(live.traffic, change.to)) throw movedSince(live, change);
    // A latest revision that cannot start keeps the service failed; the traffic may be as it should all the same.
    if (sameTraffic(live.serving, change.to)) return true;
    if (live.failure != null) throw didNotComeAbout(change.service, live.failure);
    return false;
  });
}

async function waitFor(ctx: TrafficContext, service: string, isSo: () => Promise<boolean>): Promise<void> {
  const { deadlineMs = 120_000, clock } = ctx;
  const until = clock.now() + deadlineMs;
  while (!(await isSo())) {
    if (clock.now() >= until) {
      throw didNotComeAbout(service, `not done after ${Math.round(deadlineMs / 1000)} s`);
    }
    await pause(ctx);
  }
}

/** Waiting ends with a bare AbortError; why it was ended is in the signal. */
async function pause({ pollMs = defaultPollMs, signal }: TrafficContext): Promise<void> {
  try {
    await sleep(pollMs, undefined, { signal });
  } catch {
    throw signal.reason instanceof BeeError ? signal.reason : interrupted();
  }
}

/** Throws BEE-E802, with the name that may have been meant. */
export async function readKnown(traffic: ServiceTraffic, name: string): Promise<CloudService> {
  const live = await traffic.readService(name);
  if (live != null) return live;
  const names = (await traffic.listServices()).map((service) => service.name).sort();
  const near = nearest(name, names);
  throw new BeeError({
    code: "BEE-E802",
    message: `There is no Cloud Run service ${name}${near == null ? "" : `; did you mean ${near}?`}`,
    detail: `${names.length === 0 ? "The region has no services." : `Services: ${names.join(", ")}`}\nNothing was changed.`,
    hint: "Check the service's name, the project and the region.",
    exit: exitCodes.usage,
  });
}

function movedSince(live: CloudService, change: TrafficChange): BeeError {
  return new BeeError({
    code: "BEE-E805",
    message: `The traffic of ${change.service} was moved by somebody else`,
    detail: `expected ${describeTraffic(change.from)}\nfound ${describeTraffic(live.traffic)}\nIt was left as found.`,
    hint: "Run the same command again: it plans from what is there now.",
    exit: exitCodes.stale,
  });
}

function keepsChanging(service: string): BeeError {
  return new BeeError({
    code: "BEE-E805",
    message: `The service ${service} changes faster than it can be written (${maxAttempts} attempts)`,
    detail: "Nothing was changed by bee. A deploy of it may be under way.",
    hint: "Run the same command again when it is over.",
    exit: exitCodes.stale,
  });
}

function didNotComeAbout(service: string, why: string): BeeError {
  return new BeeError({
    code: "BEE-E806",
    message: `Cloud Run took the change of ${service}, but it has not come about: ${why}`,
    detail: "It may yet come about; nothing else was changed.",
    hint: "Run the same command again: it goes on from what is there.",
    exit: exitCodes.partial,
  });
}

function interrupted(): BeeError {
  return new BeeError({
    code: "BEE-E851",
    message: "Interrupted while Cloud Run was at work",
    detail: "What it was asked for may yet come about.",
    hint: "Run the same command again: it reads the state first and goes on from there.",
    exit: exitCodes.interrupted,
  });
}

function unconfirmed(service: string): BeeError {
  return new BeeError({
    code: "BEE-E808",
    message: `Retiring ${service} deletes the service, its revisions and its URL for good`,
    detail: "Nothing was changed.",
    hint: `If that is meant, name it twice: --retire ${service} --retire ${service}`,
    exit: exitCodes.usage,
  });
}
