import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { type BeeProject, collect, createProject, troubles } from "../support/bee.ts";
import { query } from "../support/database-content.ts";

/** Each mistake gets a clear error that says where, what the target's state is, and what to do; nothing is lost. */
describe("bad input", () => {
  let project: BeeProject;
  let dbUrl: string;

  beforeAll(async () => {
    project = await createProject();
    expect(troubles(await project.json("deploy", "phase1"))).toEqual([]);
    dbUrl = (await project.json("local", "status")).dbUrl;
  });
  afterAll(() => project.end());

  const configFile = "bee.config.yaml";
  const lateMigration = "supabase/migrations/20270101000000_late.sql";
  let config: string;
  beforeEach(async () => {
    config ??= await readFile(join(project.dir, configFile), "utf8");
    await project.write(configFile, config);
    await project.write(".env.local", "");
    await project.write(lateMigration, "select 1;\n");
  });

  it("names every mistake of the config at once", async () => {
    await project.write(configFile, "schemaVersion: 1\nname: ''\nsecret: []\nfunctions: [1]\n");
    const { exitCode, stderr, stdout } = await project.bee("deploy", "phase1");
    expect(exitCode).toBe(2);
    expect(stdout).toBe("");
    expect(stderr).toContain("bee.config.yaml has 3 mistakes. (BEE-E101)");
    expect(stderr).toContain("secret: unknown key");
    expect(stderr).toContain("functions.0: expected string, received number, got 1");
  });

  it("suggests the nearest phase, command and flag value", async () => {
    const phase = await project.bee("deploy", "phse1");
    expect(phase).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("Did you mean: bee deploy phase1"),
    });
    const command = await project.bee("deplyo", "phase1");
    expect(command).toMatchObject({ exitCode: 2, stderr: expect.stringContaining("Did you mean deploy?") });
    const target = await project.bee("deploy", "phase1", "--target", "prod");
    expect(target).toMatchObject({
      exitCode: 2,
      stderr: expect.stringContaining("Allowed choices are local, staging, production"),
    });
  });

  it("says which secrets file is missing", async () => {
    const { exitCode, stderr } = await project.bee("deploy", "phase1", "--secrets", "prod.env");
    expect(exitCode).toBe(2);
    expect(stderr).toContain("There is no secrets file prod.env. (BEE-E701)");
  });

  it("refuses placeholders, reserved names and the dead FCM key, together and without showing a value", async () => {
    await project.write(
      ".env.local",
      "SUPABASE_URL=https://x.supabase.co\nAPP_KEY=your-anon-key\nFCM_SERVER_KEY=AAAAhunter2\n",
    );
    const { exitCode, stderr } = await project.bee("deploy", "phase1");
    expect(exitCode).toBe(3);
    expect(stderr).toContain("SUPABASE_URL is a reserved name");
    expect(stderr).toContain("APP_KEY still holds a placeholder");
    expect(stderr).toContain("Set FCM_SERVICE_ACCOUNT to the JSON of a Firebase service account");
    expect(stderr).toContain("stopped nothing was changed");
    expect(stderr).not.toContain("hunter2");
  });

  it("shows file, line and caret of broken SQL, leaves nothing of that file and says what is applied", async () => {
    await project.write(
      lateMigration,
      "create table public.half (id int);\n\nselect 1,\n  frm public.half;\n",
    );
    const { exitCode, stderr } = await project.bee("deploy", "phase1");
    expect(exitCode).not.toBe(0);
    expect(stderr).toContain("20270101000000_late.sql:4:");
    expect(stderr).toMatch(/^\s+\^/m);
    expect(await query(dbUrl, "select to_regclass('public.half') as half")).toEqual([{ half: null }]);
    expect(
      await query(dbUrl, "select version from supabase_migrations.schema_migrations where version > '2027'"),
    ).toEqual([]);
    await project.write(
      lateMigration,
      "create table public.half (id int); alter table public.half enable row level security;\n",
    );
    expect(troubles(await project.json("deploy", "phase1"))).toEqual([]);
    await query(dbUrl, "drop table public.half");
    await query(dbUrl, "delete from supabase_migrations.schema_migrations where version > '2027'");
  });

  it("finds an edited migration before anything runs", async () => {
    const file = join(project.dir, "supabase/migrations/20250106090900_feature_flags.sql");
    const sql = await readFile(file, "utf8");
    await writeFile(file, `${sql}\nalter table public.feature_flags add column extra int;\n`);
    const { exitCode, stderr } = await project.bee("deploy", "phase1");
    await writeFile(file, sql);
    expect(exitCode).toBe(3);
    expect(stderr).toContain("was changed after it was applied");
  });

  it("shows where a function does not compile, before the target is touched", async () => {
    const file = "supabase/functions/momentum-score-calculator/index.ts";
    const source = await readFile(join(project.dir, file), "utf8");
    await project.write(file, `${source}\nconst broken = ;\n`);
    const { exitCode, stderr } = await project.bee("deploy", "phase1");
    await project.write(file, source);
    expect(exitCode).toBe(2);
    expect(stderr).toContain("The function momentum-score-calculator does not compile. (BEE-E601)");
    expect(stderr).toMatch(/momentum-score-calculator\/index\.ts:\d+:\d+: Unexpected ";"/);
  });

  it("goes back to the prior version by itself when a function does not boot", async () => {
    const file = "supabase/functions/momentum-score-calculator/index.ts";
    const source = await readFile(join(project.dir, file), "utf8");
    await project.write(file, `${source}\nthrow new Error("boom at boot");\n`);
    const report = await project.json("deploy", "phase1");
    await project.write(file, source);
    expect(report.exitCode).toBe(9);
    expect(report.findings.map(({ key }: { key: string }) => key)).toContain(
      "functions-boot:momentum-score-calculator",
    );
    expect(troubles(await project.json("deploy", "phase1"))).toEqual([]);
  });

  it("lets one of two deploys proceed; the other waits for nobody and names the holder", async () => {
    await project.write("supabase/migrations/20270102000000_slow.sql", "select pg_sleep(3);\n");
    const first = collect(project.start("deploy", "phase1"));
    await expect
      .poll(async () => (await project.json("lock", "status")).holder?.message, { timeout: 20_000 })
      .toBe("bee deploy phase1");
    const second = await project.bee("deploy", "phase1");
    expect(second.exitCode).toBe(5);
    expect(second.stderr).toMatch(/The target is locked by .*@.* pid \d+: bee deploy phase1/);
    expect((await first).exitCode).toBe(0);
  });

  it("does not trust a corrupted journal", async () => {
    await project.write("supabase/migrations/20270103000000_next.sql", "select 1;\n");
    const journal = join(project.dir, ".bee/journal/local.jsonl");
    const kept = await readFile(journal, "utf8");
    await writeFile(journal, `not json\n${kept}`);
    const { exitCode, stderr } = await project.bee("deploy", "phase1");
    await writeFile(journal, kept);
    expect(exitCode).not.toBe(0);
    expect(stderr).toMatch(/journal.*\(BEE-E5\d\d\)/s);
    expect(troubles(await project.json("deploy", "phase1"))).toEqual([]);
  });

  it("does not start on a corrupted identity, and says how to go on", async () => {
    await project.bee("local", "down");
    const identity = join(project.dir, ".bee/local/identity.json");
    const kept = await readFile(identity, "utf8");
    await writeFile(identity, "{");
    const { exitCode, stderr } = await project.bee("deploy", "phase1");
    await writeFile(identity, kept, { mode: 0o600 });
    expect(exitCode).toBe(2);
    expect(stderr).toContain("bee local reset");
    expect(troubles(await project.json("deploy", "phase1"))).toEqual([]);
  });
});
