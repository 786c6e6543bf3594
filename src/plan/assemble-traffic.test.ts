import { describe, expect, it } from "vitest";
import { assemblePin, assemblePinning, findRevisionAt, isPinned, isSettled } from "./assemble-traffic.ts";
import type { CloudRevision, CloudService } from "./traffic.ts";

const latest = { revision: null, percent: 100, tag: null };
const canary = { revision: "c-3", percent: 0, tag: "canary" };
const service: CloudService = {
  name: "calculator",
  etag: "1",
  traffic: [latest, canary],
  serving: [latest, canary],
  latestReady: "c-3",
  reconciling: false,
  failure: null,
};
const revision = (name: string, createdAt: string, ready = true): CloudRevision => ({
  name,
  createdAt,
  ready,
  reason: ready ? null : "broken",
});

describe("a pin", () => {
  it("names the revision that gets everything, and what was before", () => {
    const change = assemblePinning(service, "c-2");
    expect(change.to).toEqual([{ revision: "c-2", percent: 100, tag: null }, canary]);
    expect(assemblePin(change, "2026-01-01T00:00:00.000Z")).toEqual({
      service: "calculator",
      revision: "c-2",
      before: [latest, canary],
      pinnedAt: "2026-01-01T00:00:00.000Z",
    });
    expect(assemblePin(assemblePinning(service, null), "")).toBeNull();
  });

  it("holds as long as nobody moves the traffic, and is settled once it serves so", () => {
    const change = assemblePinning(service, "c-2");
    const pin = assemblePin(change, "");
    if (pin == null) throw new Error("no pin");
    const accepted = { ...service, traffic: change.to, reconciling: true };
    expect(isPinned(service, pin)).toBe(false);
    expect(isPinned(accepted, pin)).toBe(true);
    expect(isSettled(accepted)).toBe(false);
    expect(isSettled({ ...accepted, reconciling: false })).toBe(false);
    expect(isSettled({ ...accepted, reconciling: false, serving: change.to })).toBe(true);
  });
});

describe("the revision of a time", () => {
  const revisions = [
    revision("c-3", "2026-01-03T00:00:00.000Z"),
    revision("c-1", "2026-01-01T00:00:00.000Z"),
    revision("c-2", "2026-01-02T00:00:00.000Z", false),
  ];
  it.each([
    ["2026-01-03T00:00:00.000Z", "c-3"],
    ["2026-01-02T12:00:00.000Z", "c-1"],
    ["2025-12-31T00:00:00.000Z", null],
  ])("at %s is %s: the newest that was ready", (at, name) => {
    expect(findRevisionAt(revisions, at)).toBe(name);
  });
});
