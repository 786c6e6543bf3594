import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CloudRunFake, startCloudRunFake } from "../../tests/support/cloud-run-fake.ts";
import { failureOf } from "../../tests/support/target.ts";
import { createCloudRun } from "./cloud-run.ts";

let fake: CloudRunFake;
beforeEach(async () => {
  fake = await startCloudRunFake();
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", fake.credentialsFile);
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await fake.close();
});

const open = (override = fake.url) =>
  createCloudRun({
    project: fake.project,
    region: fake.region,
    env: { CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN: override },
  });

describe("Cloud Run", () => {
  it("lists services and revisions of every page, with a token of the service account", async () => {
    for (const name of ["a", "b", "c", "d", "e"]) fake.addService(name, [[`${name}-1`, true]]);
    fake.addService("f", [
      ["f-1", true],
      ["f-2", false],
      ["f-3", true],
    ]);
    const cloud = open();
    expect((await cloud.listServices()).map(({ name }) => name)).toEqual(["a", "b", "c", "d", "e", "f"]);
    expect(await cloud.listRevisions("f")).toEqual([
      { name: "f-1", createdAt: "2026-01-01T00:00:00.500Z", ready: true, reason: null },
      {
        name: "f-2",
        createdAt: "2026-01-02T00:00:00.500Z",
        ready: false,
        reason: "the container did not start",
      },
      { name: "f-3", createdAt: "2026-01-03T00:00:00.500Z", ready: true, reason: null },
    ]);
  });

  it("leaves out revisions that are being deleted", async () => {
    const service = fake.addService("a", [
      ["a-1", true],
      ["a-2", true],
    ]);
    service.revisions = service.revisions.map((one, at) =>
      at === 0 ? { ...one, deleteTime: "2026-01-04T00:00:00Z" } : one,
    );
    expect((await open().listRevisions("a")).map(({ name }) => name)).toEqual(["a-2"]);
  });

  it("reads a service, and null where there is none", async () => {
    fake.addService("a", [["a-1", true]]);
    const latest = [{ revision: null, percent: 100, tag: null }];
    expect(await open().readService("a")).toEqual({
      name: "a",
      etag: '"1"',
      traffic: latest,
      serving: latest,
      latestReady: "a-1",
      reconciling: false,
      failure: null,
    });
    expect(await open().readService("nope")).toBeNull();
  });

  it("moves the traffic and nothing else", async () => {
    fake.addService("a", [["a-1", true]]);
    const cloud = open();
    const service = await cloud.readService("a");
    const traffic = [
      { revision: "a-1", percent: 100, tag: null },
      { revision: null, percent: 0, tag: "next" },
    ];
    expect(await cloud.setTraffic(service!, traffic)).toBe("accepted");
    expect(fake.services.get("a")).toMatchObject({
      etag: 2,
      labels: { team: "bee" },
      traffic: [
        { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision: "a-1", percent: 100 },
        { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", tag: "next" },
      ],
    });
    expect(await cloud.readService("a")).toMatchObject({ traffic, reconciling: true });
  });

  it("answers stale when the service changed or went since it was read", async () => {
    const state = fake.addService("a", [["a-1", true]]);
    const cloud = open();
    const service = (await cloud.readService("a"))!;
    state.etag = 7;
    expect(await cloud.setTraffic(service, service.traffic)).toBe("stale");
    expect(await cloud.removeService(service)).toBe("stale");
    fake.services.delete("a");
    expect(await cloud.removeService(service)).toBe("stale");
  });

  it("says what the API refused and which role is missing", async () => {
    fake.failure = {
      status: 403,
      code: "PERMISSION_DENIED",
      message: "Permission 'run.services.list' denied",
    };
    expect(await failureOf(open().listServices())).toMatchObject({
      code: "BEE-E807",
      exit: 8,
      message: "Cloud Run: listing services: Permission 'run.services.list' denied (PERMISSION_DENIED)",
      hint: expect.stringContaining("roles/run.developer"),
    });
  });

  it("asks again when the API has a hiccup, and says so when it stays", async () => {
    fake.addService("a", [["a-1", true]]);
    fake.failure = { status: 503, code: "UNAVAILABLE", message: "try again" };
    const cloud = open();
    setTimeout(() => {
      fake.failure = null;
    }, 150);
    expect((await cloud.listServices()).map(({ name }) => name)).toEqual(["a"]);
    fake.failure = { status: 503, code: "UNAVAILABLE", message: "try again" };
    expect(await failureOf(cloud.listServices())).toMatchObject({
      code: "BEE-E807",
      exit: 4,
      message: "Cloud Run: listing services: try again (UNAVAILABLE)",
    });
  });

  it("says that credentials are missing, or are none", async () => {
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "/nowhere/account.json");
    expect(await failureOf(open().listServices())).toMatchObject({ code: "BEE-E800", exit: 8 });
    vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", "");
    vi.stubEnv("METADATA_SERVER_DETECTION", "none");
    vi.stubEnv("HOME", "/nowhere");
    expect(await failureOf(open().listServices())).toMatchObject({
      code: "BEE-E800",
      hint: expect.stringContaining("gcloud auth application-default login"),
    });
    expect(fake.seen).toEqual([]);
  });

  it("sends its token to https or loopback only", () => {
    const answers = ["http://run.example.com/", "https://u:p@run.example.com", "https://x/y", "run"].map(
      (override) => {
        try {
          open(override);
          return "taken";
        } catch (error) {
          return (error as { code: string }).code;
        }
      },
    );
    expect(answers).toEqual(["BEE-E801", "BEE-E801", "BEE-E801", "BEE-E801"]);
    expect(() => createCloudRun({ project: "Bad Project", region: "us-central1", env: {} })).toThrow(
      "no Google Cloud project id",
    );
    expect(() => createCloudRun({ project: "bee-mvp-prod", region: "mars", env: {} })).toThrow(
      "no Google Cloud region",
    );
  });
});
