import { type ChildProcess, spawn } from "node:child_process";
import {
  cpSync,
  mkdirSync,
  mkdtempSync,
  readdirSync,
  readFileSync,
  rmSync,
  statSync,
  symlinkSync,
  writeFileSync,
} from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect, root } from "../support/bee.ts";
import { githubMistakes, sarifMistakes } from "../support/sarif-schema.ts";

/** For whoever takes over a repository: what is wrong with it, before anything is deployed, and nothing of it touched. */
describe("bee audit of another repository", () => {
  let dir: string;
  let audited: string;
  beforeAll(() => {
    dir = mkdtempSync(join(tmpdir(), "bee-audit-e2e-"));
    audited = join(dir, "theirs/api");
    mkdirSync(join(dir, "theirs/.git"), { recursive: true });
    mkdirSync(join(dir, "here"));
    mkdirSync(join(dir, "tmp"));
    cpSync(join(root, "tests/corpus/functions/flawed/class-service-takes-body-id"), audited, {
      recursive: true,
    });
    cpSync(join(root, "tests/corpus/migrations/flawed/several-actions-in-one-alter"), audited, {
      recursive: true,
    });
  });
  afterAll(() => rmSync(dir, { recursive: true, force: true }));

  const start = (...args: string[]): ChildProcess =>
    spawn(process.execPath, [join(root, "bin/bee.js"), ...args], {
      cwd: join(dir, "here"),
      // Other tests have shadow databases in the machine's own temporary folder.
      env: { ...process.env, NO_COLOR: "1", CI: "true", TMPDIR: join(dir, "tmp") },
      stdio: ["ignore", "pipe", "pipe"],
    });

  const contents = (): readonly string[] =>
    readdirSync(audited, { recursive: true, encoding: "utf8" })
      .map((path) => `${path} ${statSync(join(audited, path)).mtimeMs}`)
      .sort();

  const temporary = (): readonly string[] =>
    readdirSync(join(dir, "tmp")).filter((name) => name.startsWith("bee-"));

  it("says what is wrong and where, in every form, and leaves the repository as it was", async () => {
    const before = contents();
    const reports = "sarif=out/audit.sarif,junit=out/audit.xml,md=out/audit.md";
    const { exitCode, stdout } = await collect(start("audit", "all", audited, "--report", reports));
    expect(exitCode).toBe(3);
    expect(stdout).toContain(
      [
        "  idor  supabase/functions/orders/order-service.ts:15:8",
        "    orders takes owner_id from the request (userId)",
        '    15 |       .eq("owner_id", ownerId)',
        "                ^",
      ].join("\n"),
    );
    expect(stdout).toMatch(/proof +2 of 2 files applied to an empty database/);
    expect(contents()).toEqual(before);

    const read = (name: string): string => readFileSync(join(dir, "here/out", name), "utf8");
    const sarif = JSON.parse(read("audit.sarif"));
    expect([sarifMistakes(sarif), githubMistakes(sarif)]).toEqual([[], []]);
    const [run] = sarif.runs;
    const places = run.results.map(
      ({
        locations: [place],
      }: {
        locations: { physicalLocation: { artifactLocation: { uri: string } } }[];
      }) => place?.physicalLocation.artifactLocation.uri,
    );
    expect(places).toContain("api/supabase/functions/orders/order-service.ts");
    expect(read("audit.xml")).toContain('<testsuites name="bee audit"');
    expect(read("audit.md")).toContain("## Findings");
  });

  it("writes nothing there, not through links either, and makes no folder for it", async () => {
    const before = contents();
    symlinkSync(audited, join(dir, "here/link"));
    for (const file of [`${audited}/bee.sarif`, "link/reports/bee.sarif", `${audited}/new/bee.sarif`]) {
      const { exitCode, stderr } = await collect(start("audit", "env", audited, "--report", `sarif=${file}`));
      expect([exitCode, stderr]).toEqual([2, expect.stringContaining("BEE-E903")]);
    }
    expect(contents()).toEqual(before);
  });

  it("ends with an interrupt wherever it is, and clears away what it started", async () => {
    const sql = join(audited, "supabase/migrations/20990101000000_sleep.sql");
    writeFileSync(sql, "select pg_sleep(600);\n");
    const child = start("audit", "all", audited);
    await expect.poll(() => temporary().length, { timeout: 20_000 }).toBeGreaterThan(0);
    setTimeout(() => child.kill("SIGINT"), 1500);
    const { exitCode, stderr } = await collect(child);
    rmSync(sql);
    expect([exitCode, stderr]).toEqual([130, expect.stringContaining("BEE-E730")]);
    expect(temporary()).toEqual([]);
  });
});
