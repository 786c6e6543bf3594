import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { migrationRules } from "../../src/audit/index.ts";
import { findLayout } from "../../src/audit/layout.ts";
import { runRules } from "../../src/audit/run-rules.ts";
import { assembleWorld } from "../../src/commands/audit/audit-migrations.ts";
import { readSources } from "../../src/config/read-sources.ts";
import type { ParseSql } from "../../src/plan/sql-tree.ts";
import { createSqlParser } from "../../src/tools/sql-parser.ts";

const corpus = "tests/corpus/migrations";

const cases = ["flawed", "sound"].flatMap((kind) =>
  readdirSync(join(corpus, kind)).map((name) => ({ name: `${kind}/${name}`, dir: join(corpus, kind, name) })),
);

let parse: ParseSql;
beforeAll(async () => {
  parse = await createSqlParser();
});

async function audit(dir: string): Promise<readonly { readonly rule: string; readonly at: string }[]> {
  const tree = await readSources(dir);
  const texts = new Map(tree.files.map(({ path, text }) => [path, text]));
  const { signal } = new AbortController();
  const now = "20260101000000";
  const worlds = await Promise.all(
    findLayout(tree).migrations.map((folder) =>
      assembleWorld({ tree, folder, parse, history: [], state: null, now, signal }),
    ),
  );
  const findings = worlds.flatMap((world) => runRules(migrationRules, world, texts));
  return findings
    .map(({ rule, location }) => ({
      rule,
      at: location?.line == null ? (location?.file ?? "") : `${location.file}:${location.line}`,
    }))
    .sort((a, b) => order(a, b));
}

function order(a: { rule: string; at: string }, b: { rule: string; at: string }): number {
  return a.at === b.at ? (a.rule < b.rule ? -1 : 1) : a.at < b.at ? -1 : 1;
}

describe("bee audit migrations", () => {
  it.each(cases)("finds all of $name, and no more", async ({ dir }) => {
    const expected: { rule: string; at: string }[] = JSON.parse(
      readFileSync(join(dir, "expected.json"), "utf8"),
    );
    expect(await audit(dir)).toEqual([...expected].sort(order));
  });

  it("has a corpus of the size it promises", () => {
    const count = (kind: string): number => cases.filter(({ name }) => name.startsWith(kind)).length;
    expect(count("flawed")).toBeGreaterThanOrEqual(85);
    expect(count("sound")).toBeGreaterThanOrEqual(36);
    expect(cases.filter(({ dir }) => !existsSync(join(dir, "expected.json")))).toEqual([]);
  });

  it("finds nothing in the bundled backend", async () => {
    expect(await audit(".")).toEqual([]);
  });
});
