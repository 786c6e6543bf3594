import { describe, expect, it } from "vitest";
import { parseCheck, parseLint } from "./deno-diagnostics.ts";

describe("what deno check says", () => {
  it("is a head, further lines, the code, and the place", () => {
    const text = [
      "TS2345 [ERROR]: Argument of type 'number' is not assignable to parameter of type 'string'.",
      "  Type 'number' has more.",
      "  call(7);",
      "       ~",
      "    at file:///tmp/m/src/fn/a%20b.ts:3:8",
      "",
      "TS2551 [ERROR]: Property 'toFixd' does not exist on type 'number'. Did you mean 'toFixed'?",
      "x.toFixd();",
      "  ~~~~~~",
      "    at file:///tmp/m/src/fn/index.ts:4:3",
      "",
      "    'toFixed' is declared here.",
      "        toFixed(fractionDigits?: number): string;",
      "        at asset:///lib.es5.d.ts:568:5",
      "",
      "TS2307 [ERROR]: Cannot find module 'file:///tmp/m/src/fn/gone.ts'.",
      "    at file:///tmp/m/src/fn/index.ts:1:22",
      "",
      "TS1 [ERROR]: elsewhere",
      "    at file:///tmp/other.ts:1:1",
      "",
      "Found 4 errors.",
    ].join("\n");
    expect(parseCheck(text, "/tmp/m")).toEqual([
      {
        tool: "check",
        code: "TS2345",
        message: "Argument of type 'number' is not assignable to parameter of type 'string'.",
        hint: null,
        file: "src/fn/a b.ts",
        line: 3,
        column: 8,
      },
      expect.objectContaining({ code: "TS2551", file: "src/fn/index.ts", line: 4, column: 3 }),
      expect.objectContaining({ code: "TS2307", message: "Cannot find module 'src/fn/gone.ts'." }),
    ]);
    expect(parseCheck("error: Relative import path", "/tmp/m")).toEqual([]);
  });
});

describe("what deno lint says", () => {
  it("is JSON with columns from 0", () => {
    const one = {
      filename: "file:///tmp/m/src/fn/index.ts",
      range: { start: { line: 4, col: 8, bytePos: 90 }, end: { line: 4, col: 14, bytePos: 96 } },
      message: "`unread` is never used",
      code: "no-unused-vars",
    };
    expect(parseLint(JSON.stringify({ version: 1, diagnostics: [one], errors: [] }), "/tmp/m")).toEqual([
      {
        tool: "lint",
        code: "no-unused-vars",
        message: "`unread` is never used",
        hint: null,
        file: "src/fn/index.ts",
        line: 4,
        column: 9,
      },
    ]);
    expect(parseLint("error: no such option", "/tmp/m")).toBeNull();
    expect(parseLint('{"diagnostics": [{}]}', "/tmp/m")).toBeNull();
  });
});
