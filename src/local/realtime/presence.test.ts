import { expect, test } from "vitest";
import { Presence } from "./presence.ts";

test("a member's second track leaves the first one behind, in two diffs", () => {
  const presence = new Presence<string>();
  const [joined] = presence.track("a", "ada", { mood: "calm" });
  const reference = joined?.joins["ada"]?.metas[0]?.["phx_ref"];
  expect(joined).toEqual({ joins: { ada: { metas: [{ mood: "calm", phx_ref: reference }] } }, leaves: {} });
  const again = presence.track("a", "ada", { mood: "busy", phx_ref: "forged" });
  expect(again[0]).toEqual({ joins: {}, leaves: joined?.joins });
  expect(again[1]?.joins["ada"]?.metas[0]?.["phx_ref"]).not.toBe("forged");
  expect(presence.readState()).toEqual(again[1]?.joins);
});

test("two members under one key are two metas; each goes alone", () => {
  const presence = new Presence<string>();
  presence.track("a", "ada", { device: 1 });
  presence.track("b", "ada", { device: 2 });
  expect(presence.readState()["ada"]?.metas.map(({ device }) => device)).toEqual([1, 2]);
  expect(presence.untrack("a")?.leaves["ada"]?.metas).toEqual([expect.objectContaining({ device: 1 })]);
  expect(presence.readState()["ada"]?.metas.map(({ device }) => device)).toEqual([2]);
  expect(presence.untrack("a")).toBeNull();
});

test("a key may be any text, even one that objects treat apart", () => {
  const presence = new Presence<string>();
  presence.track("a", "__proto__", {});
  expect(JSON.stringify(presence.readState())).toMatch(/^\{"__proto__":\{"metas":/);
});
