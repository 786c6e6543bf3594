import { expect, it } from "vitest";
import { nearest } from "./nearest.ts";

it.each([
  ["phse1", "phase1"],
  ["phase", "phase1"],
  ["PHASE1", "phase1"],
  ["rollback", null],
])("nearest(%s) is %s", (word, expected) => {
  expect(nearest(word, ["phase1", "phase2"])).toBe(expected);
});
