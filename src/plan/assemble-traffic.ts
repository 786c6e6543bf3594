import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { CloudRevision, CloudService, TrafficChange, TrafficPin, TrafficShare } from "./traffic.ts";

/** All requests to the prior ready revision, or to `to`. Throws BEE-E803 or BEE-E804 when there is none. */
export function assembleTrafficRollback(
  service: CloudService,
  revisions: readonly CloudRevision[],
  to?: string,
): TrafficChange {
  const revision = to == null ? findPrior(service, revisions) : findNamed(service, revisions, to);
  return { service: service.name, from: service.traffic, to: allTo(revision, service.traffic) };
}

/** Null when the latest revision gets all requests already, or when others moved the traffic since the pin. */
export function assembleUnpin(service: CloudService, pin: TrafficPin): TrafficChange | null {
  return isPinned(service, pin)
    ? { service: service.name, from: service.traffic, to: allTo(null, service.traffic) }
    : null;
}

/** All requests to `revision`, which was chosen before; null stands for the latest. */
export function assemblePinning(service: CloudService, revision: string | null): TrafficChange {
  return { service: service.name, from: service.traffic, to: allTo(revision, service.traffic) };
}

/** Null when the change leaves more than one revision, or the latest, in charge. */
export function assemblePin(change: TrafficChange, pinnedAt: string): TrafficPin | null {
  const pinned = change.to.find(({ percent }) => percent === 100)?.revision;
  return pinned == null ? null : { service: change.service, revision: pinned, before: change.from, pinnedAt };
}

/** The pin's revision gets all requests, or is about to. */
export function isPinned(service: CloudService, pin: TrafficPin): boolean {
  return sameTraffic(service.traffic, allTo(pin.revision, service.traffic));
}

/** What is asked for is so. */
export function isSettled({ traffic, serving, reconciling }: CloudService): boolean {
  return !reconciling && sameTraffic(traffic, serving);
}

/** The newest ready revision that was there at that time (ISO 8601); null when there was none. */
export function findRevisionAt(revisions: readonly CloudRevision[], at: string): string | null {
  return newestFirst(revisions).find(({ ready, createdAt }) => ready && createdAt <= at)?.name ?? null;
}

/** Shares of the same revision and tag add up to the same; the order and empty shares do not matter. */
export function sameTraffic(one: readonly TrafficShare[], other: readonly TrafficShare[]): boolean {
  return describeTraffic(one) === describeTraffic(other);
}

/** Such as `100 % calculator-00003-abc, calculator-00001-xyz as canary`. */
export function describeTraffic(shares: readonly TrafficShare[]): string {
  const percents = new Map<string, number>();
  for (const { revision, percent } of shares) {
    const name = revision ?? "the latest";
    percents.set(name, (percents.get(name) ?? 0) + percent);
  }
  const serving = [...percents]
    .filter(([, percent]) => percent > 0)
    .map(([name, percent]) => `${percent} % ${name}`);
  const tags = shares.flatMap(({ revision, tag }) =>
    tag == null ? [] : [`${revision ?? "the latest"} as ${tag}`],
  );
  return [...serving.sort(), ...tags.sort()].join(", ");
}

/** Tags keep their URLs: testers and health checks may use them. */
function allTo(revision: string | null, traffic: readonly TrafficShare[]): readonly TrafficShare[] {
  const tagged = traffic.filter(({ tag }) => tag != null).map((share) => ({ ...share, percent: 0 }));
  return [{ revision, percent: 100, tag: null }, ...tagged];
}

/** Older than the newest that serves: going back twice goes back two revisions, never forward again. */
function findPrior(service: CloudService, revisions: readonly CloudRevision[]): string {
  const ordered = newestFirst(revisions);
  const serving = new Set(
    service.traffic
      .filter(({ percent }) => percent > 0)
      .map(({ revision }) => revision ?? service.latestReady),
  );
  const current = ordered.findIndex(({ name }) => serving.has(name));
  const prior = current < 0 ? undefined : ordered.slice(current + 1).find(({ ready }) => ready);
  if (prior != null) return prior.name;
  throw new BeeError({
    code: "BEE-E803",
    message: `The service ${service.name} has no ready revision before the one that serves (${describeTraffic(service.traffic)})`,
    detail: `${listRevisions(ordered)}\nNothing was changed.`,
    hint: "Deploy a good image, or take the service out: terraform with deploy_functions=false.",
    exit: exitCodes.refused,
  });
}

function findNamed(service: CloudService, revisions: readonly CloudRevision[], name: string): string {
  const found = revisions.find((revision) => revision.name === name);
  if (found?.ready) return found.name;
  throw new BeeError({
    code: "BEE-E804",
    message:
      found == null
        ? `The service ${service.name} has no revision ${name}`
        : `The revision ${name} is not ready: ${found.reason ?? "no reason given"}`,
    detail: `${listRevisions(newestFirst(revisions))}\nNothing was changed.`,
    hint: "Name one of the ready ones, or none for the prior one.",
    exit: exitCodes.usage,
  });
}

function newestFirst(revisions: readonly CloudRevision[]): readonly CloudRevision[] {
  return revisions.toSorted(
    (one, other) => other.createdAt.localeCompare(one.createdAt) || other.name.localeCompare(one.name),
  );
}

function listRevisions(revisions: readonly CloudRevision[]): string {
  if (revisions.length === 0) return "It has no revisions.";
  return revisions
    .slice(0, 10)
    .map(
      ({ name, createdAt, ready, reason }) =>
        `${name}  ${createdAt}  ${ready ? "ready" : (reason ?? "not ready")}`,
    )
    .join("\n");
}
