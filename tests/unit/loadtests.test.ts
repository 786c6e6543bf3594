import { readdirSync } from "node:fs";
import ts from "typescript";
import { expect, it } from "vitest";

/** The scripts run in k6, which checks nothing before it starts: a typo would end a run on somebody's target. */
it("types the scripts for k6", () => {
  const scripts = readdirSync("loadtests").filter((name) => name.endsWith(".js"));
  expect(scripts.sort()).toEqual(["event-ingestion.js", "mixed-day.js", "momentum-calculator.js"]);
  const program = ts.createProgram(
    scripts.map((name) => `loadtests/${name}`),
    {
      allowJs: true,
      checkJs: true,
      noEmit: true,
      strict: true,
      skipLibCheck: true,
      target: ts.ScriptTarget.ES2022,
      module: ts.ModuleKind.ESNext,
      moduleResolution: ts.ModuleResolutionKind.Bundler,
      types: ["k6"],
    },
  );
  const told = ts
    .getPreEmitDiagnostics(program)
    .map(({ messageText }) => ts.flattenDiagnosticMessageText(messageText, "\n"));
  expect(told).toEqual([]);
}, 30_000);
