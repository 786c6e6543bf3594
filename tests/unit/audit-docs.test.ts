import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { allRules } from "../../src/audit/index.ts";
import { renderRuleDocs } from "../support/rule-docs.ts";

describe("docs/audit.md", () => {
  it("lists every rule as the registry has it (mend: node scripts/write-rule-docs.js)", () => {
    const text = readFileSync("docs/audit.md", "utf8");
    expect(text.slice(text.indexOf("## Rules"))).toBe(renderRuleDocs(allRules));
  });

  it("has rules that say all they should", () => {
    const ids = allRules.map(({ id }) => id);
    expect(ids.filter((id, index) => ids.indexOf(id) !== index)).toEqual([]);
    expect(ids.filter((id) => !/^[a-z][a-z0-9]*(-[a-z0-9]+)*$/.test(id))).toEqual([]);
    const thin = allRules.filter(
      ({ title, explanation, fix, example }) =>
        title.endsWith(".") ||
        explanation.length < 40 ||
        fix === "" ||
        example.bad === "" ||
        example.good === "",
    );
    expect(thin.map(({ id }) => id)).toEqual([]);
  });
});
