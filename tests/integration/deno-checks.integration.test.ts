import { cpSync, mkdtempSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createCodeChecker } from "../../src/cli/code-checker.ts";
import { runAudit } from "../../src/commands/audit/audit.command.ts";
import type { CommandContext } from "../../src/commands/context.ts";
import type { Report } from "../../src/output/report.ts";

const corpus = "tests/corpus/deno";
let dir: string;
beforeAll(() => {
  dir = mkdtempSync(join(tmpdir(), "bee-deno-audit-"));
  cpSync(corpus, dir, { recursive: true });
});
afterAll(() => {
  rmSync(dir, { recursive: true, force: true });
});

function audit(name: string, flags: object = {}, env: NodeJS.ProcessEnv = {}): Promise<Report> {
  const ctx = {
    cwd: dir,
    env,
    clock: { now: () => 0 },
    signal: new AbortController().signal,
    codeChecker: async () => createCodeChecker(env),
  };
  const input = { area: "functions", dir: join(dir, name), ...flags };
  return runAudit(input, ctx as unknown as CommandContext);
}

function found({ findings = [] }: Report): readonly string[] {
  return findings.map(({ rule, location }) => `${rule} ${location?.file}:${location?.line}`).sort();
}

function list(name: string): readonly string[] {
  return readdirSync(join(dir, name), { recursive: true, encoding: "utf8" }).sort();
}

describe("Deno's check and lint as sources of the audit", () => {
  it("finds what types and lint say, once, and where", async () => {
    const expected: { rule: string; at: string }[] = JSON.parse(
      readFileSync(join(corpus, "flawed/expected.json"), "utf8"),
    );
    const report = await audit("flawed");
    expect(found(report)).toEqual(expected.map(({ rule, at }) => `${rule} ${at}`).sort());
    expect(report.exitCode).toBe(3);
    expect(report.facts).toContainEqual(["check, lint", expect.stringMatching(/^Deno 2\./)]);
    const shown = JSON.stringify(report);
    expect(shown).not.toContain("bee-code-");
    expect(shown).not.toContain("file://");
  });

  it("takes what is remote for anything, runs nothing of the project and writes nothing there", async () => {
    const before = list("sound");
    expect(found(await audit("sound"))).toEqual([]);
    expect(list("sound")).toEqual(before);
  });

  it("is left out when asked to, and when there is no Deno", async () => {
    const without = await audit("flawed", { deno: false });
    expect(found(without).filter((one) => one.startsWith("deno"))).toEqual([]);
    expect(found(without)).toHaveLength(2);
    const absent = await audit("flawed", {}, { BEE_DENO_BIN: join(dir, "nowhere") });
    expect(found(absent)).toEqual(found(without));
    expect(absent.facts).toContainEqual(["deno", "not installed, so types and lint were not looked at"]);
  });
});
