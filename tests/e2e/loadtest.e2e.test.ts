import { readdirSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BeeProject, collect, createProject } from "../support/bee.ts";
import { type CloudRunFake, startCloudRunFake } from "../support/cloud-run-fake.ts";
import { query } from "../support/database-content.ts";
import { readMetrics, readVerdicts } from "../support/metrics.ts";
import { findSystemPostgres } from "../support/system-postgres.ts";

/** Load on the embedded platform, and what the gates of the success metrics make of it. Each test goes on from the last. */
describe("bee loadtest on the embedded platform", () => {
  let project: BeeProject;
  let fake: CloudRunFake;
  let bucket = "";
  /** Of the first two runs, by their evidence records. */
  const records: string[] = [];
  let state: { url: string; publishableKey: string; dbUrl: string };

  beforeAll(async () => {
    fake = await startCloudRunFake();
    bucket = await fake.tasks.openBucket("bee-loadtest-bucket");
    project = await createProject({ GOOGLE_APPLICATION_CREDENTIALS: fake.credentialsFile });
    await appendFile(
      join(project.dir, "bee.config.yaml"),
      `targets:
  local:
    gcp:
      project: ${fake.project}
      region: ${fake.region}
      apiEndpoint: ${fake.url}
      loadtest:
        image: docker.io/library/node@sha256:${"a".repeat(64)}
        bucket: bee-loadtest-bucket
        serviceAccount: bee-loadtest@${fake.project}.iam.gserviceaccount.com
        startAfter: 3
`,
    );
  });
  afterAll(async () => {
    await project.end();
    await fake.close();
  });

  it("refuses to load what was never deployed", async () => {
    const report = await project.json("loadtest", "functions", "--engine", "embedded");
    expect(report).toMatchObject({ exitCode: 2, error: { code: "BEE-E862" } });
  });

  it("calls too few samples inconclusive, and says how long suffices", async () => {
    expect((await project.json("deploy", "phase1")).exitCode).toBe(0);
    state = await project.json("local", "status");
    const report = await project.bee("loadtest", "functions", "--engine", "embedded", "--duration", "2");
    expect(report.exitCode).toBe(4);
    expect(report.stdout).toContain("299 without a bad one suffice");
    expect(report.stdout).toContain("--duration 15");
    expect(report.stdout).toMatch(/first call +\S+ ms, apart from the others/);
    records.push(/record +(\d+) \(release r1\)/.exec(report.stdout)?.[1] ?? "none");
  });

  it("passes a healthy calculator under the load of two shards, keeps the run and removes its users", async () => {
    const page = join(project.dir, "load.html");
    const report = await project.json(
      ...[
        "loadtest",
        "functions",
        "--engine",
        "cloud-run",
        "--shards",
        "2",
        "--rate",
        "60",
        "--duration",
        "5.5",
      ],
      ...["--report", `html=${page}`],
    );
    expect(report).toMatchObject({ exitCode: 0, verdictOfLoad: "pass", release: "r1", left: 0 });
    expect(report.result).toMatchObject({ engine: "cloud-run us-central1", faults: [] });
    expect(report.result.all).toMatchObject({ total: 330, failed: 0 });
    expect(report.result.shards.map(({ total }: { total: number }) => total)).toEqual([165, 165]);
    // Nothing of the run is left there but the program, for the next one.
    expect(readdirSync(bucket)).toEqual([expect.stringMatching(/^bee-load-program-/)]);
    expect(report.coldStarts.functions).toContainEqual(
      expect.objectContaining({ slug: "momentum-score-calculator", count: 1 }),
    );
    records.push(String(report.record));
    expect(await query(state.dbUrl, "select email from auth.users")).toEqual([]);
    expect(await query(state.dbUrl, "select id from public.engagement_events")).toEqual([]);
    const html = await readFile(page, "utf8");
    expect(html).toContain("Distribution over time");
    expect(html).not.toMatch(/(src|href)=|https?:\/\/(?!127\.0\.0\.1)/);
    const judged = await readMetrics(project);
    expect(judged["functions-p95"]).toMatchObject({
      verdict: "pass",
      evidence: { total: 330, limit: 0.05, floor: 59, record: report.record },
    });
    // The platform's own log says the same.
    expect(judged["functions-p95"].evidence.others[0]).toMatch(
      /^function_edge_logs, .*: 0 of \d{3} calls took 2 s or longer \(momentum-score-calculator p95/,
    );
    expect(judged["error-rate"].verdict).toBe("pass");
    expect(judged["database-p95"]).toMatchObject({
      verdict: "inconclusive",
      reason: expect.stringContaining("they are noted now"),
    });
  });

  it("measures the hot queries under row level security, and tells what the counters say of each", async () => {
    const asked = ["loadtest", "database", "--rate", "100", "--duration", "2"];
    const report = await project.json(...asked, "--engine", "embedded");
    expect(report.result).toMatchObject({ engine: "embedded", failures: [], all: { total: 200 } });
    expect(report.result.endpoints).toHaveLength(8);
    expect(report.statements).toMatchObject({ incomplete: false });
    const [first] = report.statements.entries;
    expect(first).toMatchObject({ role: "authenticated", query: expect.stringContaining("public.") });
    // A month of scores is read back: policies were asked.
    const entries: readonly { readonly rows: number; readonly calls: number }[] = report.statements.entries;
    expect(entries.some(({ rows, calls }) => rows === 30 * calls)).toBe(true);
    expect((await readMetrics(project))["database-p95"]).toMatchObject({
      verdict: "pass",
      evidence: { others: [expect.stringMatching(/^pg_stat_statements, .*: at most 0 of \d+ queries/)] },
    });
  });

  it.skipIf(findSystemPostgres() == null)("runs the same by pgbench where it is", async () => {
    const report = await project.json("loadtest", "database", "--rate", "50", "--duration", "4");
    expect(report.result).toMatchObject({
      engine: expect.stringMatching(/^pgbench \d+/),
      failures: [],
      ending: { kind: "completed" },
    });
    expect(report.result.endpoints).toHaveLength(8);
    expect(report.statements.entries[0].calls).toBeGreaterThan(20);
    const refused = await project.json("loadtest", "database", "--engine", "pgbench", "--profile", "ramp");
    expect(refused).toMatchObject({ exitCode: 2, error: { code: "BEE-E754" } });
  });

  it("probes from outside, and counts each run towards the uptime", async () => {
    const report = await project.json("loadtest", "health", "--rate", "100", "--duration", "3");
    expect(report).toMatchObject({ exitCode: 4, result: { all: { total: 300, failed: 0 } } });
    expect((await readMetrics(project))["uptime"]).toMatchObject({
      verdict: "inconclusive",
      reason: expect.stringMatching(/edge_logs, .*bee loadtest health, .*: 0 of 300 requests/),
    });
  });

  it("compares two runs by their records", async () => {
    const report = await project.json("loadtest", "compare", ...records);
    expect(report.lines[0].text).toContain("rate 20 and 60");
    expect(report.exitCode).toBe(4);
    expect((await project.json("loadtest", "compare", "r7", "999")).error.code).toBe("BEE-E863");
  });

  it("ends an interrupted run with 130, a part that is no pass, and no users left", async () => {
    const child = project.start("loadtest", "functions", "--engine", "embedded", "--duration", "20");
    const ended = collect(child);
    let told = "";
    child.stderr?.on("data", (chunk) => {
      told += String(chunk);
    });
    await expect.poll(() => told, { timeout: 60_000 }).toContain("2 of 20 s");
    child.kill("SIGINT");
    const { exitCode, stdout } = await ended;
    expect(exitCode).toBe(130);
    expect(stdout).toContain("a part is never a pass");
    expect(await query(state.dbUrl, "select email from auth.users")).toEqual([]);
  });

  it("stops when the functions are gone, and the metrics no longer pass", async () => {
    await query(state.dbUrl, "revoke all on function public.momentum_inputs from service_role");
    const child = project.start(
      "--json",
      "loadtest",
      "functions",
      "--engine",
      "embedded",
      "--rate",
      "20",
      "--duration",
      "40",
    );
    const { stdout } = await collect(child);
    const report = JSON.parse(stdout);
    expect(report).toMatchObject({
      exitCode: 3,
      verdictOfLoad: "fail",
      result: { ending: { kind: "stopped" } },
    });
    const after = await readVerdicts(project);
    expect(after["error-rate"]).not.toBe("pass");
    expect(after["functions-p95"]).toBe("fail");
  });
});
