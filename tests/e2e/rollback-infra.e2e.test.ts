import { cpSync, readFileSync } from "node:fs";
import { appendFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { type BeeProject, collect, createProject } from "../support/bee.ts";
import { type CloudRunFake, startCloudRunFake } from "../support/cloud-run-fake.ts";
import { query } from "../support/database-content.ts";
import { copyConfiguration, findTerraform } from "../support/terraform.ts";

const revision = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";
const latest = [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 }];
const all = (name: string) => [{ type: revision, revision: name, percent: 100 }];

/** The built CLI against a Cloud Run that answers on loopback, and the real terraform. Each test goes on where the one before stopped. */
describe("bee rollback infra", () => {
  let fake: CloudRunFake;
  let project: BeeProject;
  let dbUrl: string;

  beforeAll(async () => {
    fake = await startCloudRunFake();
    fake.addService("calculator", [
      ["c-1", true],
      ["c-2", true],
      ["c-3", true],
    ]);
    fake.addService("feed", [
      ["f-1", true],
      ["f-2", true],
    ]);
    fake.addService("batch-events", [["b-1", true]]);
    project = await createProject({ GOOGLE_APPLICATION_CREDENTIALS: fake.credentialsFile });
    await appendFile(
      join(project.dir, "bee.config.yaml"),
      `targets:
  local:
    gcp:
      project: ${fake.project}
      region: ${fake.region}
      services: [calculator, feed]
      apiEndpoint: ${fake.url}
    infra:
      dir: infra
`,
    );
    const { exitCode } = await project.json("deploy", "phase1");
    expect(exitCode).toBe(0);
    dbUrl = (await project.json("local", "status")).dbUrl;
  });
  afterAll(async () => {
    await project.end();
    await fake.close();
  });
  afterEach(() => {
    fake.failure = null;
    fake.interfere = null;
  });

  const serving = (name: string) => fake.services.get(name)?.statuses;
  const writes = () => fake.seen.filter((line) => !line.startsWith("GET")).length;
  const pins = () =>
    query(dbUrl, "select service, pin ->> 'revision' as revision from bee.traffic_pins order by 1");

  it("asks nothing of Google Cloud in a deploy that has nothing to unpin", () => {
    expect(fake.seen).toEqual([]);
  });

  it("says beforehand what it would do, and does nothing", async () => {
    const report = await project.json("rollback", "infra", "--check");
    expect(report).toMatchObject({
      command: "rollback infra --check",
      exitCode: 0,
      changes: [{ service: "calculator" }, { service: "feed" }],
    });
    expect(writes()).toBe(0);
    expect(await pins()).toEqual([]);
  });

  it("refuses what cannot be before anything is touched", async () => {
    const refused = async (...flags: string[]) => {
      const { exitCode, error } = await project.json("rollback", "infra", ...flags);
      return `${exitCode} ${error.code} ${error.message}`;
    };
    expect(await refused("--service", "calculater")).toBe(
      "2 BEE-E854 The configuration names no service calculater; did you mean calculator?",
    );
    expect(await refused("--revision", "c-1")).toBe("2 BEE-E854 Which service's revision is c-1?");
    expect(await refused("--revision", "calculator=c-9")).toBe(
      "2 BEE-E804 The service calculator has no revision c-9",
    );
    expect(await refused("--terraform", "--service", "feed")).toMatch(/^2 BEE-E105 /);
    expect(await refused("--destroy", "a.b")).toMatch(/^2 BEE-E105 /);
    expect(await refused("--to", "r99")).toMatch(/^2 BEE-E521 /);
    expect(await refused("--retire", "feed", "--retire", "feed")).toMatch(/^3 BEE-E855 /);
    expect(writes()).toBe(0);
    expect(await pins()).toEqual([]);
  });

  it("sends the requests to the prior revisions, and no further the second time", async () => {
    const report = await project.json("rollback", "infra");
    expect(report).toMatchObject({
      exitCode: 0,
      pins: [
        { service: "calculator", revision: "c-2" },
        { service: "feed", revision: "f-1" },
      ],
    });
    expect([serving("calculator"), serving("feed")]).toMatchObject([all("c-2"), all("f-1")]);
    const before = writes();
    const again = await project.bee("rollback", "infra");
    expect(again).toMatchObject({ exitCode: 0 });
    expect(again.stdout).toContain("nothing to take back");
    expect(again.stderr).toContain("calculator: pinned to c-2 since");
    expect(writes()).toBe(before);
    const status = await project.bee("status");
    expect(status.stdout).toMatch(/pinned +calculator to c-2 since/);
  });

  it("goes further back only to a revision that is named", async () => {
    await project.json("rollback", "infra", "--revision", "calculator=c-1");
    expect(serving("calculator")).toMatchObject(all("c-1"));
    expect(serving("feed")).toMatchObject(all("f-1"));
    expect(await pins()).toEqual([
      { service: "calculator", revision: "c-1" },
      { service: "feed", revision: "f-1" },
    ]);
  });

  it("does not begin a deploy that could not unpin: no credentials, no answer", async () => {
    const run = (env: Record<string, string>, ...args: string[]) =>
      collect(project.startWith(env, "--json", ...args)).then(({ stdout }) => JSON.parse(stdout));
    const none = { GOOGLE_APPLICATION_CREDENTIALS: "", METADATA_SERVER_DETECTION: "none", HOME: "/nowhere" };
    for (const command of ["plan", "deploy"]) {
      const report = await run(none, command, "phase1");
      expect(report).toMatchObject({
        exitCode: 8,
        error: {
          code: "BEE-E853",
          message:
            "A rollback pinned calculator at c-1, feed at f-1, and this deploy cannot unpin: There are no usable Google Cloud credentials",
          hint: expect.stringContaining("GOOGLE_APPLICATION_CREDENTIALS"),
        },
      });
    }
    fake.failure = { status: 403, code: "PERMISSION_DENIED", message: "no" };
    expect(await run({}, "deploy", "phase1")).toMatchObject({ exitCode: 8, error: { code: "BEE-E853" } });
    expect(await pins()).toHaveLength(2);
    expect(await query(dbUrl, "select number::int from bee.releases")).toEqual([{ number: 1 }]);
  });

  it("unpins with the next deploy", async () => {
    const report = await project.json("deploy", "phase1");
    expect(report).toMatchObject({ exitCode: 0, release: { id: "r2" } });
    expect(report.steps.at(-1)).toMatchObject({
      id: "infra.unpin",
      status: "done",
      change: { items: [{ object: "calculator", from: "pinned to c-1" }, { object: "feed" }] },
    });
    expect([serving("calculator"), serving("feed")]).toEqual([latest, latest]);
    expect(await pins()).toEqual([]);
    expect((await project.json("deploy", "phase1")).release.id).toBe("r2");
  });

  it("ends in the same state when it is killed in the middle of the shift, or of the unpinning", async () => {
    const killed = async (...args: string[]): Promise<void> => {
      const child = project.start(...args);
      fake.interfere = () => child.kill("SIGKILL");
      expect((await collect(child)).exitCode).toBeNull();
    };
    await killed("rollback", "infra");
    expect(await pins()).toHaveLength(2);
    await project.json("rollback", "infra");
    expect([serving("calculator"), serving("feed")]).toMatchObject([all("c-2"), all("f-1")]);
    expect(await pins()).toEqual([
      { service: "calculator", revision: "c-2" },
      { service: "feed", revision: "f-1" },
    ]);
    await killed("deploy", "phase1");
    expect(await project.json("deploy", "phase1")).toMatchObject({ exitCode: 0 });
    expect([serving("calculator"), serving("feed")]).toEqual([latest, latest]);
    expect(await pins()).toEqual([]);
  });

  it("stops at Ctrl-C, gives the lock back and says how to go on", async () => {
    const calculator = fake.services.get("calculator");
    if (calculator == null) throw new Error("no service");
    const stuck = setInterval(() => {
      calculator.pending = 100;
    }, 5);
    try {
      const child = project.start("rollback", "infra", "--service", "calculator");
      fake.interfere = () => setTimeout(() => child.kill("SIGINT"), 200);
      const { exitCode, stderr } = await collect(child);
      expect(exitCode).toBe(130);
      expect(stderr).toContain("BEE-E851");
    } finally {
      clearInterval(stuck);
    }
    calculator.pending = 1;
    expect((await project.bee("lock", "status")).stdout).toContain("free");
    expect((await project.json("rollback", "infra", "--service", "calculator")).exitCode).toBe(0);
    expect(serving("calculator")).toMatchObject(all("c-2"));
    expect((await project.json("deploy", "phase1")).exitCode).toBe(0);
  });

  it("lets one of two at once through; together they go back once", async () => {
    const both = await Promise.all([project.json("rollback", "infra"), project.json("rollback", "infra")]);
    for (const { exitCode } of both) expect([0, 5]).toContain(exitCode);
    expect(both.some(({ exitCode }) => exitCode === 0)).toBe(true);
    expect([serving("calculator"), serving("feed")]).toMatchObject([all("c-2"), all("f-1")]);
    expect((await project.json("deploy", "phase1")).exitCode).toBe(0);
  });

  it("goes along when everything goes back: to the revision of the release's time", async () => {
    const before = (await project.json("releases")).releases[0].id;
    const calculator = fake.services.get("calculator");
    const condition = { type: "Ready", state: "CONDITION_SUCCEEDED", message: "" };
    calculator?.revisions.push({
      name: "c-4",
      createTime: new Date().toISOString(),
      conditions: [condition],
    });
    await appendFile(
      join(project.dir, "supabase/functions/push-notification-triggers/index.ts"),
      "\nconsole.info('edited');\n",
    );
    expect((await project.json("deploy", "phase1")).exitCode).toBe(0);
    for (let time = 1; time <= 2; time++) {
      const report = await project.json("rollback");
      expect(report).toMatchObject({ exitCode: 0, to: before });
      expect([serving("calculator"), serving("feed")]).toMatchObject([all("c-3"), latest]);
      expect(await pins()).toEqual([{ service: "calculator", revision: "c-3" }]);
    }
  });

  it("retires a legacy service that is named twice, and says what is lost", async () => {
    const once = await project.bee("rollback", "infra", "--retire", "batch-events");
    expect(once).toMatchObject({ exitCode: 2 });
    expect(once.stderr).toContain("lost: the service batch-events, its URL, and its revisions b-1");
    expect(once.stderr).toContain("--retire batch-events --retire batch-events");
    expect(fake.services.has("batch-events")).toBe(true);
    const twice = ["--retire", "batch-events", "--retire", "batch-events"];
    expect(await project.json("rollback", "infra", ...twice)).toMatchObject({ exitCode: 0, retired: true });
    expect([...fake.services.keys()]).toEqual(["calculator", "feed"]);
    expect(await project.json("rollback", "infra", ...twice)).toMatchObject({ exitCode: 0, retired: false });
  });

  describe.skipIf(findTerraform() == null)("--terraform", () => {
    const destroy = `terraform_data.function["a"]`;
    const state = () => readFileSync(join(project.dir, "infra/terraform.tfstate"), "utf8");

    it("takes away what is named, by the plan that was shown, and only that", async () => {
      const files = copyConfiguration();
      cpSync(files.dir, join(project.dir, "infra"), { recursive: true });
      files.remove();
      const service = {
        image: `registry/one@sha256:${"0".repeat(64)}`,
        service_account_email: "a@b.c",
        memory: "512Mi",
      };
      await writeFile(
        join(project.dir, "infra/terraform.tfvars.json"),
        JSON.stringify({ services: { a: service } }),
      );
      const { execFileSync } = await import("node:child_process");
      for (const args of [["init"], ["apply", "-auto-approve"]]) {
        execFileSync("terraform", [`-chdir=${join(project.dir, "infra")}`, ...args], { stdio: "ignore" });
      }
      const unnamed = await project.json("rollback", "infra", "--terraform");
      expect(unnamed).toMatchObject({
        exitCode: 3,
        plan: { changes: [{ address: destroy, action: "destroy" }] },
        error: { code: "BEE-E815" },
      });
      const check = await project.bee("rollback", "infra", "--terraform", "--destroy", destroy, "--check");
      expect(check.stdout).toContain(`destroy  ${destroy}`);
      expect(state()).toContain('"index_key": "a"');
      const done = await project.json(
        "rollback",
        "infra",
        "--terraform",
        "--destroy",
        `terraform_data.secret, ${destroy}`,
      );
      expect(done).toMatchObject({ exitCode: 0, summary: "done, and a new plan is empty: destroy 1" });
      expect(state()).not.toContain('"index_key": "a"');
      const again = await project.json("rollback", "infra", "--terraform", "--destroy", destroy);
      expect(again).toMatchObject({ exitCode: 0, summary: expect.stringContaining("nothing to take away") });
    });

    it("says what to install where there is no terraform", async () => {
      const child = project.startWith({ PATH: "/nowhere" }, "rollback", "infra", "--terraform");
      const { exitCode, stderr } = await collect(child);
      expect(exitCode).toBe(2);
      expect(stderr).toContain("Install terraform 1.5.0 or later 1.x");
    });
  });
});
