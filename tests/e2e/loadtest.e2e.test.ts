import { readdirSync } from "node:fs";
import { appendFile, readFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { signUp } from "../support/app-user.ts";
import { type BeeProject, collect, createProject } from "../support/bee.ts";
import { type CloudRunFake, startCloudRunFake } from "../support/cloud-run-fake.ts";
import { query } from "../support/database-content.ts";

/** Load on the embedded platform, and what the gates of the success metrics make of it. Each test goes on from the last. */
describe("bee loadtest on the embedded platform", () => {
  let project: BeeProject;
  let fake: CloudRunFake;
  let bucket = "";
  /** Of the first two runs, by their evidence records. */
  const records: string[] = [];
  let state: { url: string; publishableKey: string; dbUrl: string };

  const verdicts = async (): Promise<Record<string, string>> => {
    const report = await project.json("verify", "metrics");
    return Object.fromEntries(
      report.gates.map(({ id, verdict }: { id: string; verdict: string }) => [id, verdict]),
    );
  };

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
    records.push(String(report.record));
    expect(await query(state.dbUrl, "select email from auth.users")).toEqual([]);
    expect(await query(state.dbUrl, "select id from public.engagement_events")).toEqual([]);
    const html = await readFile(page, "utf8");
    expect(html).toContain("Distribution over time");
    expect(html).not.toMatch(/(src|href)=|https?:\/\/(?!127\.0\.0\.1)/);
    expect(await verdicts()).toMatchObject({
      "functions-p95": "pass",
      "error-rate": "pass",
      "database-p95": "inconclusive",
    });
  });

  it("measures the hot queries under row level security", async () => {
    const report = await project.json("loadtest", "database", "--rate", "100", "--duration", "2");
    expect(report.result.endpoints).toHaveLength(8);
    expect(report.result.all.total).toBe(200);
    expect(report.result.failures).toEqual([]);
    expect((await verdicts())["database-p95"]).toBe("pass");
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

  it("recomputes stored scores, and finds those that somebody changed", async () => {
    const today = Date.now();
    const days = Array.from({ length: 22 }, (_, ago) =>
      new Date(today - (21 - ago) * 86_400_000).toISOString().slice(0, 10),
    );
    const live = async (name: string): Promise<void> => {
      const { client } = await signUp(state, `${name}@example.com`);
      const events = days.map((day) => ({
        event_type: "lesson_completion",
        occurred_at: `${day}T00:00:00Z`,
      }));
      expect((await client.from("engagement_events").insert(events)).error).toBeNull();
      for (const target_date of days) {
        const { error } = await client.functions.invoke("momentum-score-calculator", {
          body: { target_date },
        });
        expect(error).toBeNull();
      }
    };
    await Promise.all(["ana", "ben", "cleo"].map(live));
    const report = await project.json("momentum", "verify");
    expect(report).toMatchObject({ exitCode: 0, bad: 0, total: 66, undecided: 0 });
    expect((await verdicts())["momentum-accuracy"]).toBe("pass");

    await query(
      state.dbUrl,
      "update public.daily_engagement_scores set raw_score = raw_score + 1 where score_date > current_date - 8",
    );
    const after = await project.json("momentum", "verify");
    expect(after).toMatchObject({ exitCode: 3, bad: 24, total: 66 });
    expect((await verdicts())["momentum-accuracy"]).toBe("fail");
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
    const after = await verdicts();
    expect(after["error-rate"]).not.toBe("pass");
    expect(after["functions-p95"]).toBe("fail");
  });
});
