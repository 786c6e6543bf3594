import { describe, expect, it } from "vitest";
import { countRows, diffFunctions, diffTables } from "./contents.ts";
import type { DeployedFunction } from "./deployed-function.ts";

const sum = (rows: number, text = "1") => ({ rows, sum: text });
const fn = (slug: string, more: Partial<DeployedFunction> = {}): DeployedFunction => {
  return { slug, id: slug, version: 1, status: "ACTIVE", verifyJwt: true, hostSha256: "a", ...more };
};

describe("comparing what two targets hold", () => {
  it("tells tables apart by rows and content, but for those that moved", () => {
    const before = new Map([
      ["a", sum(1)],
      ["b", sum(2)],
      ["c", sum(3)],
      ["d", sum(4)],
    ]);
    const after = new Map([
      ["a", sum(1, "2")],
      ["b", sum(1)],
      ["d", sum(5)],
      ["e", sum(6)],
    ]);
    expect(diffTables(before, after, new Set(["d"])).map(({ detail }) => detail)).toEqual([
      "a has as many rows, 1, but not the same content",
      "b has 1 rows instead of 2",
      "c is missing; it had 3 rows",
      "e is there besides, with 6 rows",
    ]);
    expect(diffTables(before, before)).toEqual([]);
    expect(countRows(before)).toBe(10);
  });

  it("tells functions apart by what answers, not by their version", () => {
    const before = ["a", "b", "c", "d", "e"].map((slug) => fn(slug));
    const after = [
      fn("a", { version: 7, id: "x" }),
      fn("b", { hostSha256: "b" }),
      fn("c", { status: "THROTTLED" }),
      fn("d", { verifyJwt: false }),
      fn("f"),
    ];
    expect(diffFunctions(before, after).map(({ detail }) => detail)).toEqual([
      "b has other bytes",
      "c is THROTTLED instead of ACTIVE",
      "d has verify_jwt = false",
      "e is missing",
      "f is there besides",
    ]);
  });
});
