import { expect, it } from "vitest";
import { editDistance, nearest } from "./nearest.ts";

it.each([
  ["phse1", "phase1"],
  ["phase", "phase1"],
  ["PHASE1", "phase1"],
  ["rollback", null],
  ["hpaes1", "phase1"],
])("nearest(%s) is %s", (word, expected) => {
  expect(nearest(word, ["phase1", "phase2"])).toBe(expected);
});

it("counts two letters swapped as one edit", () => {
  expect(editDistance("MAIL_KYE", "MAIL_KEY")).toBe(1);
  expect(editDistance("ab", "ba")).toBe(1);
  expect(editDistance("abc", "")).toBe(3);
});
