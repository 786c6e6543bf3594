import { describe, expect, it } from "vitest";
import type { Release } from "./release.ts";
import { findUnderway, renderIntent } from "./rollback-intent.ts";

const releases = ["r3", "r2", "r1"].map((id): Release => ({ ...({} as Release), id }));
const [, second = null, first = null] = releases;

describe("where a rollback that died was on its way to", () => {
  it.each([
    ["a release", [renderIntent("functions", first)], { to: first }],
    [
      "the one asked for last",
      [renderIntent("database", second), renderIntent("functions", first)],
      { to: second },
    ],
    [
      "one whose lock was taken over",
      [`${renderIntent("functions", first)}; lock of the dead me@here pid 7`],
      { to: first },
    ],
    ["nothing but switched off", [renderIntent("functions", null)], { to: null }],
    [
      "a release, though the app was switched after",
      ["bee rollback app", renderIntent("functions", first)],
      { to: first },
    ],
    ["nowhere, when a deploy came after", ["bee deploy phase1", renderIntent("functions", first)], null],
    ["nowhere, when the release was pruned", ["bee rollback functions to r0"], null],
    ["nowhere, when nobody held the lock since", [], null],
  ] as const)("is %s", (_what, messages, expected) => {
    expect(findUnderway(messages, releases)).toEqual(expected);
  });
});
