import { describe, expect, it } from "vitest";
import type { Hit, Rule } from "./rule.ts";
import { runRules } from "./run-rules.ts";

const rule = (hits: readonly Hit[]): Rule<null> => ({
  id: "no-x",
  area: "functions",
  severity: "warning",
  title: "x",
  explanation: "x",
  fix: "Remove it.",
  example: { bad: "x", good: "y" },
  check: () => hits,
});

const hit = (offset: number): Hit => ({ file: "a.ts", offset, subject: "x", detail: "an x" });

describe("runRules", () => {
  it("says where, by line and column", () => {
    const text = "one\r\n  x();\n";
    const [found] = runRules([rule([hit(7)])], null, new Map([["a.ts", text]]));
    expect(found).toMatchObject({
      rule: "no-x",
      severity: "warning",
      fix: "Remove it.",
      location: { file: "a.ts", line: 2, column: 3 },
    });
  });

  it("keeps a key when the text moves and changes it when the text does", () => {
    const keyIn = (text: string): string | undefined =>
      runRules([rule([hit(text.indexOf("x"))])], null, new Map([["a.ts", text]]))[0]?.key;
    expect(keyIn("\n\n   x();")).toBe(keyIn("x();"));
    expect(keyIn("x(1);")).not.toBe(keyIn("x();"));
  });

  it("tells two of the same apart", () => {
    const keys = runRules([rule([hit(0), hit(5)])], null, new Map([["a.ts", "x();\nx();"]])).map(
      ({ key }) => key,
    );
    expect(keys[1]).toBe(`${keys[0]}#2`);
  });

  it("puts what is graver first", () => {
    const found = runRules(
      [rule([hit(0), { ...hit(5), severity: "error" }])],
      null,
      new Map([["a.ts", "x();\nx();"]]),
    );
    expect(found.map(({ severity }) => severity)).toEqual(["error", "warning"]);
  });
});
