import { appendFile, readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BeeProject, collect, createProject } from "../support/bee.ts";
import { query } from "../support/database-content.ts";
import { githubMistakes, sarifMistakes } from "../support/sarif-schema.ts";

/** In CI and for whoever launches: measure, attest, waive, and see it all asked again after a change. */
describe("bee verify on the deployed bundled app", () => {
  let project: BeeProject;
  let dbUrl: string;

  beforeAll(async () => {
    project = await createProject();
    const { exitCode } = await project.json("deploy", "phase1");
    expect(exitCode).toBe(0);
    ({ dbUrl } = await project.json("local", "status"));
  });
  afterAll(() => project.end());

  const verdictOf = (
    report: { gates: readonly { id: string; verdict: string }[] },
    id: string,
  ): string | undefined => report.gates.find((gate) => gate.id === id)?.verdict;

  it("measures every line, writes its reports and keeps a record", async () => {
    const files = "junit=out/bee.xml,sarif=out/bee.sarif,md=out/bee.md,statement=out/bee.json";
    const report = await project.json("verify", "--report", files);
    expect(report).toMatchObject({ schemaVersion: 1, command: "verify", evidence: { seq: 1 } });
    expect([3, 4]).toContain(report.exitCode);
    const lines = report.checklists.flatMap((list: { lines: readonly unknown[] }) => list.lines);
    expect(lines.filter(({ verdict }: { verdict: unknown }) => verdict == null)).toEqual([]);
    for (const id of [
      "rls-enabled",
      "users-isolated",
      "jwt-validated",
      "momentum-smoke",
      "functions-declared",
    ]) {
      expect([id, verdictOf(report, id)]).toEqual([id, "pass"]);
    }
    expect(verdictOf(report, "functions-p95")).toBe("inconclusive");
    expect(verdictOf(report, "security-review")).toBe("needs-human");

    const read = (name: string): Promise<string> => readFile(join(project.dir, "out", name), "utf8");
    expect(await read("bee.xml")).toContain('<testsuites name="bee verify"');
    const sarif = JSON.parse(await read("bee.sarif"));
    expect([sarifMistakes(sarif), githubMistakes(sarif)]).toEqual([[], []]);
    expect(await read("bee.md")).toContain("## Security");
    const statement = JSON.parse(await read("bee.json"));
    const release = await project.json("releases", "show", "r1");
    expect(statement.subject.map(({ digest }: { digest: { sha256: string } }) => digest.sha256)).toEqual(
      release.release.functions.map(({ bundleSha256 }: { bundleSha256: string }) => bundleSha256),
    );
  });

  it("leaves no synthetic user and no lock behind", async () => {
    expect(await query(dbUrl, "select email from auth.users")).toEqual([]);
    expect(await query(dbUrl, "select holder from bee.deploy_lock where expires_at > now()")).toEqual([]);
  });

  it("annotates in GitHub Actions, and adds to the job's summary", async () => {
    const summary = join(project.dir, "summary.md");
    const told = await project.beeWith(
      { GITHUB_ACTIONS: "true", GITHUB_STEP_SUMMARY: summary },
      "verify",
      "functions-p95",
    );
    expect(told.exitCode).toBe(4);
    expect(told.stdout).toContain("::warning title=inconclusive%3A functions-p95::");
    expect(await readFile(summary, "utf8")).toContain("❔ inconclusive");
    const machine = await project.beeWith({ GITHUB_ACTIONS: "true" }, "--json", "verify", "functions-p95");
    expect(JSON.parse(machine.stdout).exitCode).toBe(4);
  });

  it("takes a person's word and a waiver for this release, and takes back what is revoked", async () => {
    expect((await project.bee("verify", "security-review")).exitCode).toBe(11);
    const attest = ["attest", "security-review", "--by", "Ana", "--evidence", "bee.config.yaml"];
    expect((await project.bee(...attest, "--expires", inDays(30))).exitCode).toBe(0);
    expect((await project.bee("verify", "security-review")).exitCode).toBe(0);

    const why = ["--reason", "no load test yet", "--owner", "Ben"];
    expect((await project.bee("waive", "uptime", ...why, "--expires", inDays(7))).exitCode).toBe(0);
    const waived = await project.json("verify", "uptime");
    expect(waived).toMatchObject({
      exitCode: 0,
      gates: [{ verdict: "waived", reason: "no load test yet", waived: { by: "Ben", until: inDays(7) } }],
    });
    expect((await project.bee("waive", "uptime", "--revoke")).exitCode).toBe(0);
    expect((await project.bee("verify", "uptime")).exitCode).toBe(4);
  });

  it("waives one finding, and not the one that takes its place", async () => {
    await query(dbUrl, "create table public.notes (id int)");
    const open = await project.json("verify", "rls-enabled");
    expect(open).toMatchObject({ exitCode: 3, findings: [{ key: "rls-enabled:public.notes" }] });
    const waive = ["waive", "rls-enabled:public.notes", "--reason", "empty", "--owner", "Ben"];
    expect((await project.bee(...waive, "--expires", inDays(7))).exitCode).toBe(0);
    expect(await project.json("verify", "rls-enabled")).toMatchObject({ exitCode: 0 });
    await query(dbUrl, "alter table public.notes rename to letters");
    expect(await project.json("verify", "rls-enabled")).toMatchObject({
      exitCode: 3,
      findings: [{ key: "rls-enabled:public.letters" }],
    });
    await query(dbUrl, "drop table public.letters");
  });

  it("waives a finding of the audit for the file as it is, and only on that target", async () => {
    const path = "supabase/migrations/extra.sql";
    await project.write(path, "select 1;\n");
    const audit = ["audit", "migrations", "--no-proof", "--target", "local"];
    const found = await project.json(...audit);
    expect(found).toMatchObject({ exitCode: 3, findings: [{ rule: "migration-ill-named" }] });
    const [{ key }] = found.findings;
    expect((await project.bee(...audit)).stdout).toContain(`key: ${key}`);

    const waive = ["waive", key, "--reason", "a note", "--owner", "Ben", "--expires", inDays(7)];
    expect((await project.bee(...waive)).exitCode).toBe(0);
    const waived = await project.json(...audit, "--report", "junit=out/audit.xml,sarif=out/audit.sarif");
    expect(waived).toMatchObject({
      exitCode: 0,
      findings: [],
      waived: [{ key, owner: "Ben", reason: "a note", expires: inDays(7) }],
    });
    const told = await project.bee(...audit);
    expect(told.stdout).toContain(`waived by Ben until ${inDays(7)}: a note`);
    const read = (name: string): Promise<string> => readFile(join(project.dir, "out", name), "utf8");
    expect(await read("audit.xml")).toContain('failures="0" errors="0" skipped="1"');
    const [run] = JSON.parse(await read("audit.sarif")).runs;
    expect(run.results[0].suppressions).toHaveLength(1);
    expect((await project.bee("audit", "migrations", "--no-proof")).exitCode).toBe(3);

    await project.write(path, "select 2;\n");
    const changed = await project.json(...audit);
    expect(changed.exitCode).toBe(3);
    expect(changed.summary).toContain("1 waived for another state of the file");
    await project.write(path, "select 1;\n");
    expect((await project.bee("waive", key, "--revoke")).exitCode).toBe(0);
    expect((await project.bee(...audit)).exitCode).toBe(3);
    await rm(join(project.dir, path));
    expect(await project.json(...waive)).toMatchObject({ exitCode: 2, error: { code: "BEE-E114" } });
  });

  it.each([
    ["an expiry that is over", ["--evidence", "https://example.com", "--expires", "2020-01-01"], "BEE-E112"],
    ["an expiry years ahead", ["--evidence", "https://example.com", "--expires", "2999-01-01"], "BEE-E112"],
    ["a file that is not there", ["--evidence", "nowhere.pdf", "--expires", inDays(3)], "BEE-E113"],
  ])("refuses %s", async (_what, flags, code) => {
    const report = await project.json("attest", "app-tested", "--by", "Ana", ...flags);
    expect(report).toMatchObject({ exitCode: 2, error: { code } });
  });

  it("refuses names it does not know, with the nearest one", async () => {
    const report = await project.json("verify", "rls-enabld");
    expect(report).toMatchObject({
      exitCode: 2,
      error: { code: "BEE-E111", hint: "Did you mean: bee verify rls-enabled" },
    });
    expect(
      await project.json(
        "waive",
        "rls-enabled:public.none",
        "--reason",
        "a",
        "--owner",
        "b",
        "--expires",
        inDays(1),
      ),
    ).toMatchObject({ exitCode: 2, error: { code: "BEE-E114" } });
    expect(await project.json("verify", "--report", "pdf=x")).toMatchObject({
      exitCode: 2,
      error: { code: "BEE-E117" },
    });
  });

  it("only reads a guarded target, unless its ref is given", async () => {
    const { projectRef, accessToken, managementUrl, url } = await project.json("local", "status");
    const config = join(project.dir, "bee.config.yaml");
    const before = await readFile(config, "utf8");
    await appendFile(config, `\ntargets:\n  production:\n    url: ${url}\n    apiUrl: ${managementUrl}\n`);
    const env = {
      BEE_PRODUCTION_REF: projectRef,
      SUPABASE_ACCESS_TOKEN: accessToken,
      BEE_PRODUCTION_DB_URL: dbUrl,
    };
    const ask = (...flags: string[]) =>
      project.beeWith(env, "verify", "users-isolated", "rls-enabled", "--target", "production", ...flags);
    const readOnly = await ask();
    expect(readOnly.exitCode).toBe(4);
    expect(readOnly.stdout).toContain(`add --allow-writes --confirm ${projectRef}`);
    expect(readOnly.stdout).toMatch(/pass +rls-enabled/);
    expect((await ask("--allow-writes")).exitCode).toBe(2);
    expect((await ask("--allow-writes", "--confirm", "x".repeat(20))).exitCode).toBe(2);
    expect((await ask("--allow-writes", "--confirm", projectRef)).exitCode).toBe(0);
    expect(await query(dbUrl, "select email from auth.users")).toEqual([]);

    // Isolation is not probed there, whatever is allowed: what was proven on a clone of the same access holds.
    const isolated = (...flags: string[]) =>
      project.beeWith(env, "verify", "rls-isolated", "--target", "production", ...flags);
    const consent = ["--allow-writes", "--confirm", projectRef];
    const unproven = await isolated(...consent);
    expect(unproven.exitCode).toBe(4);
    expect(unproven.stdout).toContain("isolation was not proven on a clone yet");
    expect(
      (await project.beeWith({ CLONE_URL: dbUrl }, "verify", "rls", "--db-url-env", "CLONE_URL")).exitCode,
    ).toBe(0);
    expect((await isolated()).exitCode).toBe(0);
    await query(dbUrl, "grant select on public.engagement_events to anon");
    const moved = await isolated(...consent);
    expect(moved.exitCode).toBe(4);
    expect(moved.stdout).toMatch(/access is not as on .*engagement_events/);
    await query(dbUrl, "revoke select on public.engagement_events from anon");

    const unknown = await project.beeWith(
      { ...env, SUPABASE_ACCESS_TOKEN: "sbp_unknown" },
      ...["verify", "rls-enabled", "--target", "production"],
    );
    expect(unknown.exitCode).toBe(8);
    const gone = "postgresql://postgres:x@127.0.0.1:1/postgres";
    const away = await project.beeWith(
      { ...env, BEE_PRODUCTION_DB_URL: gone },
      ...["--json", "verify", "rls-enabled", "--target", "production"],
    );
    expect(JSON.parse(away.stdout)).toMatchObject({
      exitCode: 4,
      gates: [{ verdict: "inconclusive", reason: expect.stringContaining("cannot be reached") }],
      evidence: null,
    });
    await project.write("bee.config.yaml", before);
  });

  it("removes its users when it is interrupted, and keeps no record of half a run", async () => {
    const count = "select count(*)::int as records from bee.evidence";
    const [before] = await query(dbUrl, count);
    const child = project.start("verify", "momentum-smoke", "time-limited", "rate-limited");
    await expect
      .poll(() => query(dbUrl, "select email from auth.users"), { timeout: 20_000 })
      .not.toEqual([]);
    child.kill("SIGINT");
    const { exitCode, stdout } = await collect(child);
    expect([exitCode, stdout]).toEqual([
      130,
      expect.stringContaining("interrupted; synthetic users were removed"),
    ]);
    expect(await query(dbUrl, "select email from auth.users")).toEqual([]);
    expect(await query(dbUrl, count)).toEqual([before]);
  });

  it("asks again once another release is live", async () => {
    await appendFile(
      join(project.dir, "supabase/functions/push-notification-triggers/index.ts"),
      "\nconsole.info('edited');\n",
    );
    // Still what was attested: the files differ, what is live does not.
    expect((await project.bee("verify", "security-review")).exitCode).toBe(0);
    expect((await project.json("deploy", "phase1")).exitCode).toBe(0);
    expect((await project.bee("verify", "security-review")).exitCode).toBe(11);
  });

  it("finds a record that was changed afterwards, and lets no exception of it count", async () => {
    expect(await project.json("verify", "--chain")).toMatchObject({ exitCode: 0, broken: null });
    const attest = ["attest", "security-review", "--by", "Ana", "--evidence", "bee.config.yaml"];
    await project.bee(...attest, "--expires", inDays(30));
    expect((await project.bee("verify", "security-review")).exitCode).toBe(0);
    await query(
      dbUrl,
      "update bee.evidence set entry = replace(entry, 'no load test yet', 'fine') where seq > 1",
    );
    expect(await project.json("verify", "--chain")).toMatchObject({ exitCode: 3 });
    expect((await project.bee("verify", "security-review")).exitCode).toBe(11);
  });
});

describe("bee verify --self-test", () => {
  it("sees every automatic gate block, and say when it cannot measure; no target is touched", async () => {
    const project = await createProject();
    try {
      const report = await project.json("verify", "--self-test");
      const unseen = report.selfTest.filter(
        ({ blocks, inconclusive }: { blocks: { seen: boolean }; inconclusive: { seen: boolean } }) =>
          !blocks.seen || !inconclusive.seen,
      );
      expect(unseen).toEqual([]);
      expect(report.exitCode).toBe(0);
      expect((await project.json("local", "status")).exitCode).not.toBe(0);
    } finally {
      await project.end();
    }
  });
});

function inDays(days: number): string {
  return new Date(Date.now() + days * 86_400_000).toISOString().slice(0, 10);
}
