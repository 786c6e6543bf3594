import { describe, expect, it } from "vitest";
import { renderCodeFrame } from "./code-frame.ts";

describe("renderCodeFrame", () => {
  it("points at the place, tabs kept", () => {
    expect(renderCodeFrame("a\n\tselect x\n", 2, 9)).toEqual(["2 | \tselect x", "    \t       ^"]);
  });

  it("cuts long lines around the place", () => {
    const [shown, caret] = renderCodeFrame(`${"x".repeat(500)}HERE${"y".repeat(500)}`, 1, 501);
    expect(shown?.length).toBeLessThan(150);
    expect(shown?.slice(caret?.indexOf("^"))).toMatch(/^HERE/);
  });

  it("has no frame for a line that is not there", () => {
    expect(renderCodeFrame("a", 5)).toEqual([]);
  });

  it("blots keys out without moving the place", () => {
    const key = "sb_secret_abcdefghijklmnop";
    const [shown] = renderCodeFrame(`key = '${key}'; x`, 1, 1);
    expect(shown).toBe(`1 | key = '${"•".repeat(key.length)}'; x`);
  });
});
