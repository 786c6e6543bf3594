import { describe, expect, it } from "vitest";
import { failureOf } from "../../tests/support/target.ts";
import type { CloudService } from "../plan/traffic.ts";
import { createMemoryServiceTraffic } from "../ports/memory/service-traffic.ts";
import { createMemoryTrafficPins } from "../ports/memory/traffic-pins.ts";
import { systemClock } from "./clock.ts";
import { fenceTraffic, pinServices } from "./pin-services.ts";
import { type PinRequest, planPins } from "./plan-pins.ts";

const latest = { revision: null, percent: 100, tag: null };
const all = (revision: string) => ({ revision, percent: 100, tag: null });
const fence = { token: 1 };

/** Each service has its revisions, one per day of January 2026; all ready. */
function createCloud(services: Readonly<Record<string, readonly string[]>>) {
  const traffic = createMemoryServiceTraffic();
  const pins = createMemoryTrafficPins();
  for (const [name, revisions] of Object.entries(services)) {
    const service: CloudService = {
      name,
      etag: "1",
      traffic: [latest],
      serving: [latest],
      latestReady: revisions.at(-1) ?? null,
      reconciling: false,
      failure: null,
    };
    traffic.state.services.set(name, service);
    traffic.state.revisions.set(
      name,
      revisions.map((revision, index) => ({
        name: revision,
        createdAt: `2026-01-0${index + 1}T00:00:00.000Z`,
        ready: true,
        reason: null,
      })),
    );
  }
  const ctx = { traffic, clock: systemClock, signal: new AbortController().signal, pollMs: 1 };
  const plan = async (request: Partial<PinRequest> = {}) =>
    planPins(ctx, {
      services: Object.keys(services),
      revisions: new Map(),
      asOf: null,
      pins: await pins.read(),
      ...request,
    });
  return { traffic, pins, ctx, plan, serving: (name: string) => traffic.state.services.get(name)?.serving };
}

describe("pinning services", () => {
  it("moves each to its prior revision, and no further when asked again", async () => {
    const { ctx, pins, plan, serving } = createCloud({ a: ["a-1", "a-2", "a-3"], b: ["b-1", "b-2"] });
    const { changes } = await plan();
    expect(await pinServices({ ...ctx, pins, changes, fence })).toMatchObject([
      { service: "a", revision: "a-2", before: [latest] },
      { service: "b", revision: "b-1", before: [latest] },
    ]);
    expect([serving("a"), serving("b")]).toEqual([[all("a-2")], [all("b-1")]]);
    expect(await plan()).toMatchObject({
      changes: [],
      stays: [
        { service: "a", why: expect.stringMatching(/^pinned to a-2 since 2/) },
        { service: "b", why: expect.stringMatching(/^pinned to b-1 since 2/) },
      ],
    });
    expect((await plan({ revisions: new Map([["a", "a-1"]]) })).changes).toEqual([
      { service: "a", from: [all("a-2")], to: [all("a-1")] },
    ]);
  });

  it("keeps the pin before it moves anything, so that what died in between is found", async () => {
    const { ctx, pins, plan, traffic, serving } = createCloud({ a: ["a-1", "a-2", "a-3"] });
    const { changes } = await plan();
    const dying = fenceTraffic(traffic, async () => {
      throw new Error("died before the write");
    });
    await failureOf(pinServices({ ...ctx, traffic: dying, pins, changes, fence }));
    expect([...pins.state.keys()]).toEqual(["a"]);
    expect(serving("a")).toEqual([latest]);
    const again = await plan();
    expect(again.changes).toEqual(changes);
    await pinServices({ ...ctx, pins, changes: again.changes, fence });
    expect(serving("a")).toEqual([all("a-2")]);
  });

  it("goes on waiting for a change that was accepted and has not come about", async () => {
    const { ctx, pins, plan, traffic, serving } = createCloud({ a: ["a-1", "a-2", "a-3"] });
    await pinServices({ ...ctx, pins, changes: (await plan()).changes, fence });
    const live = traffic.state.services.get("a");
    if (live == null) throw new Error("no service");
    traffic.state.services.set("a", { ...live, serving: [latest], reconciling: true });
    const { changes } = await plan();
    expect(changes).toEqual([{ service: "a", from: [latest], to: [all("a-2")] }]);
    setTimeout(() => traffic.state.services.set("a", { ...live, reconciling: false }), 20);
    await pinServices({ ...ctx, pins, changes, fence });
    expect(serving("a")).toEqual([all("a-2")]);
  });

  it("lets the others move when one cannot, and says so", async () => {
    const { ctx, pins, plan, traffic, serving } = createCloud({ a: ["a-1", "a-2"], b: ["b-1", "b-2"] });
    const { changes } = await plan();
    const b = traffic.state.services.get("b");
    if (b == null) throw new Error("no service");
    traffic.state.services.set("b", { ...b, traffic: [{ ...latest, percent: 50 }] });
    expect(await failureOf(pinServices({ ...ctx, pins, changes, fence }))).toMatchObject({
      code: "BEE-E805",
      message: "The traffic of b was moved by somebody else",
    });
    expect(serving("a")).toEqual([all("a-1")]);
  });

  it("takes the revision of a time, and leaves what serves it already", async () => {
    const { plan } = createCloud({ a: ["a-1", "a-2", "a-3"], b: ["b-1"] });
    const asOf = (at: string) => plan({ asOf: at });
    expect((await asOf("2026-01-02T12:00:00.000Z")).changes).toEqual([
      { service: "a", from: [latest], to: [all("a-2")] },
    ]);
    expect(await asOf("2026-02-01T00:00:00.000Z")).toMatchObject({
      changes: [],
      stays: [{ why: "at a-3 already" }, { why: "at b-1 already" }],
    });
    expect((await asOf("2025-01-01T00:00:00.000Z")).stays[0]?.why).toContain("had no ready revision");
  });

  it("names what has no revision before, and what does not exist", async () => {
    const { plan } = createCloud({ a: ["a-1", "a-2"], b: ["b-1"] });
    const { changes, impossible } = await plan();
    expect(changes.map(({ service }) => service)).toEqual(["a"]);
    expect(impossible.map(({ code }) => code)).toEqual(["BEE-E803"]);
    expect(await failureOf(plan({ services: ["c"] }))).toMatchObject({ code: "BEE-E802" });
  });

  it("stops waiting when it is interrupted, and says where it was", async () => {
    const { ctx, pins, plan, traffic } = createCloud({ a: ["a-1", "a-2"] });
    const { changes } = await plan();
    const stop = new AbortController();
    const stuck = {
      ...traffic,
      setTraffic: async () => {
        stop.abort();
        return "stale" as const;
      },
    };
    const input = { ...ctx, traffic: stuck, signal: stop.signal, pins, changes, fence };
    expect(await failureOf(pinServices(input))).toMatchObject({ code: "BEE-E851", exit: 130 });
  });
});
