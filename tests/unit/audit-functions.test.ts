import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { functionRules } from "../../src/audit/index.ts";
import { runRules } from "../../src/audit/run-rules.ts";
import { assembleFunctions } from "../../src/commands/audit/audit-functions.ts";
import { readSources } from "../../src/config/read-sources.ts";
import type { ParseCode } from "../../src/plan/syntax.ts";
import { createCodeParser } from "../../src/tools/code-parser.ts";

const corpus = "tests/corpus/functions";

interface Expected {
  readonly rule: string;
  readonly at: string;
}

const cases = ["flawed", "sound"].flatMap((kind) =>
  readdirSync(join(corpus, kind)).map((name) => ({ name: `${kind}/${name}`, dir: join(corpus, kind, name) })),
);

const { signal } = new AbortController();
let parse: ParseCode;
beforeAll(async () => {
  parse = await createCodeParser();
});

async function audit(dir: string): Promise<readonly Expected[]> {
  const tree = await readSources(dir);
  const texts = new Map(tree.files.map(({ path, text }) => [path, text]));
  const world = await assembleFunctions({ tree, texts, parse, signal });
  return runRules(functionRules, world, texts)
    .map(({ rule, location }) => ({
      rule,
      at: location?.line == null ? (location?.file ?? "") : `${location.file}:${location.line}`,
    }))
    .sort(order);
}

function order(a: Expected, b: Expected): number {
  return a.at === b.at ? (a.rule < b.rule ? -1 : 1) : a.at < b.at ? -1 : 1;
}

function readExpected(dir: string): readonly Expected[] {
  const expected: Expected[] = JSON.parse(readFileSync(join(dir, "expected.json"), "utf8"));
  return expected.sort(order);
}

describe("bee audit functions", () => {
  it.each(cases)("finds all of $name, and no more", async ({ dir }) => {
    expect(await audit(dir)).toEqual(readExpected(dir));
  });

  it("has a corpus of the size it promises", () => {
    const count = (kind: string): number => cases.filter(({ name }) => name.startsWith(kind)).length;
    expect(count("flawed")).toBeGreaterThanOrEqual(178);
    expect(count("sound")).toBeGreaterThanOrEqual(74);
    expect(cases.filter(({ dir }) => !existsSync(join(dir, "expected.json")))).toEqual([]);
  });

  it("has a case for every rule", () => {
    const hit = new Set(cases.flatMap(({ dir }) => readExpected(dir).map(({ rule }) => rule)));
    // 1 MB of source is written by the test of bad input; what is deployed is known with a target alone.
    expect(functionRules.map(({ id }) => id).filter((id) => !hit.has(id))).toEqual([
      "bundle-large",
      "deployed-without-source",
    ]);
  });

  it("finds what runs on the target and has no source here", async () => {
    const tree = await readSources(join(corpus, "sound/fcm-v1"));
    const texts = new Map(tree.files.map(({ path, text }) => [path, text]));
    const deployed = { target: "staging", slugs: ["notes", "old-report"] };
    const world = await assembleFunctions({ tree, texts, parse, deployed, signal });
    const found = runRules(functionRules, world, texts);
    expect(found.map(({ rule, detail }) => `${rule}: ${detail}`)).toEqual([
      "deployed-without-source: old-report runs on staging and has no source here; nothing here calls it",
    ]);
  });

  it("finds nothing in the bundled backend", async () => {
    expect(await audit(".")).toEqual([]);
  });
});
