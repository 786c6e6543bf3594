import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { type CloudRunFake, startCloudRunFake } from "../../tests/support/cloud-run-fake.ts";
import { failureOf } from "../../tests/support/target.ts";
import { createMemoryServiceTraffic } from "../ports/memory/service-traffic.ts";
import { createCloudRun } from "../tools/cloud-run.ts";
import { systemClock } from "./clock.ts";
import {
  planTrafficRollback,
  retireService,
  shiftTraffic,
  type TrafficContext,
  unpinTraffic,
} from "./shift-traffic.ts";

let fake: CloudRunFake;
let ctx: TrafficContext;
beforeEach(async () => {
  fake = await startCloudRunFake();
  vi.stubEnv("GOOGLE_APPLICATION_CREDENTIALS", fake.credentialsFile);
  const env = { CLOUDSDK_API_ENDPOINT_OVERRIDES_RUN: fake.url };
  const traffic = createCloudRun({ project: fake.project, region: fake.region, env });
  ctx = { traffic, clock: systemClock, signal: new AbortController().signal, deadlineMs: 5000, pollMs: 20 };
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await fake.close();
});

const latest = { revision: null, percent: 100, tag: null };
const all = (revision: string) => ({ revision, percent: 100, tag: null });
const writes = () => fake.seen.filter((line) => !line.startsWith("GET"));

describe("a traffic rollback", () => {
  it("goes to the prior ready revision, waits until it serves, and is unpinned by the next deploy", async () => {
    const service = fake.addService("calculator", [
      ["c-1", true],
      ["c-2", true],
      ["c-3", false],
      ["c-4", true],
    ]);
    const change = await planTrafficRollback(ctx, "calculator");
    expect(change).toEqual({ service: "calculator", from: [latest], to: [all("c-2")] });
    const pin = await shiftTraffic(ctx, change);
    expect(pin).toMatchObject({ service: "calculator", revision: "c-2", before: [latest] });
    expect(service.statuses).toEqual([
      { type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision: "c-2", percent: 100 },
    ]);
    expect(await unpinTraffic(ctx, pin!)).toMatchObject({ from: [all("c-2")], to: [latest] });
    expect(service.statuses).toEqual([{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_LATEST", percent: 100 }]);
    expect(await unpinTraffic(ctx, pin!)).toBeNull();
    expect(writes()).toHaveLength(2);
  });

  it("writes once: where it is so already nothing is written again", async () => {
    fake.addService("calculator", [
      ["c-1", true],
      ["c-2", true],
    ]);
    const change = await planTrafficRollback(ctx, "calculator");
    await shiftTraffic(ctx, change);
    expect(await shiftTraffic(ctx, change)).toMatchObject({ revision: "c-1", before: [latest] });
    expect(writes()).toHaveLength(1);
  });

  it("goes two revisions back when asked twice, and to a named one", async () => {
    fake.addService("calculator", [
      ["c-1", true],
      ["c-2", true],
      ["c-3", true],
    ]);
    await shiftTraffic(ctx, await planTrafficRollback(ctx, "calculator"));
    expect((await planTrafficRollback(ctx, "calculator")).to).toEqual([all("c-1")]);
    expect((await planTrafficRollback(ctx, "calculator", "c-3")).to).toEqual([all("c-3")]);
  });

  it("judges a split by its newest revision and keeps tags", async () => {
    const service = fake.addService("calculator", [
      ["c-1", true],
      ["c-2", true],
    ]);
    const type = "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION";
    service.traffic = [
      { type, revision: "c-1", percent: 90 },
      { type, revision: "c-2", percent: 10, tag: "canary" },
    ];
    expect((await planTrafficRollback(ctx, "calculator")).to).toEqual([
      all("c-1"),
      { revision: "c-2", percent: 0, tag: "canary" },
    ]);
  });

  it("reads again when the service changed in between, as long as its traffic did not", async () => {
    const service = fake.addService("calculator", [
      ["c-1", true],
      ["c-2", true],
    ]);
    const change = await planTrafficRollback(ctx, "calculator");
    fake.interfere = () => {
      service.etag += 1;
    };
    await shiftTraffic(ctx, change);
    expect(writes()).toHaveLength(2);
    expect(service.traffic).toMatchObject([{ revision: "c-1" }]);
  });

  it("leaves traffic that somebody else moved", async () => {
    const service = fake.addService("calculator", [
      ["c-1", true],
      ["c-2", true],
    ]);
    const change = await planTrafficRollback(ctx, "calculator");
    fake.interfere = () => {
      service.etag += 1;
      service.traffic = [{ type: "TRAFFIC_TARGET_ALLOCATION_TYPE_REVISION", revision: "c-2", percent: 100 }];
    };
    expect(await failureOf(shiftTraffic(ctx, change))).toMatchObject({
      code: "BEE-E805",
      exit: 6,
      detail: "expected 100 % the latest\nfound 100 % c-2\nIt was left as found.",
    });
  });

  it("takes the traffic's word, not the service's, when the latest revision cannot start", async () => {
    const service = fake.addService("calculator", [
      ["c-1", true],
      ["c-2", true],
      ["c-3", false],
    ]);
    service.condition = { type: "Ready", state: "CONDITION_FAILED", message: "c-3 cannot start" };
    expect(await shiftTraffic(ctx, await planTrafficRollback(ctx, "calculator"))).toMatchObject({
      revision: "c-1",
    });
  });

  it("says after its deadline that it has not come about", async () => {
    const service = fake.addService("calculator", [
      ["c-1", true],
      ["c-2", true],
    ]);
    const change = await planTrafficRollback(ctx, "calculator");
    const stuck = setInterval(() => {
      service.pending = 100;
    }, 5);
    try {
      expect(await failureOf(shiftTraffic({ ...ctx, deadlineMs: 600 }, change))).toMatchObject({
        code: "BEE-E806",
        exit: 7,
        message: expect.stringContaining("not done after 1 s"),
      });
    } finally {
      clearInterval(stuck);
    }
  });

  it("refuses before anything is touched: no such service, none before, none ready, none of that name", async () => {
    fake.addService("calculator", [["c-1", true]]);
    fake.addService("feed", [
      ["f-1", false],
      ["f-2", true],
    ]);
    expect(await failureOf(planTrafficRollback(ctx, "calculater"))).toMatchObject({
      code: "BEE-E802",
      message: "There is no Cloud Run service calculater; did you mean calculator?",
    });
    for (const service of ["calculator", "feed"]) {
      expect(await failureOf(planTrafficRollback(ctx, service))).toMatchObject({ code: "BEE-E803", exit: 3 });
    }
    expect(await failureOf(planTrafficRollback(ctx, "feed", "f-1"))).toMatchObject({
      code: "BEE-E804",
      message: "The revision f-1 is not ready: the container did not start",
    });
    expect(await failureOf(planTrafficRollback(ctx, "feed", "f-9"))).toMatchObject({
      code: "BEE-E804",
      message: "The service feed has no revision f-9",
    });
    expect(writes()).toEqual([]);
  });
});

describe("retiring a service", () => {
  it("deletes what is named, and nothing that is not", async () => {
    fake.addService("today-feed-generator", [["t-1", true]]);
    fake.addService("calculator", [["c-1", true]]);
    const service = "today-feed-generator";
    for (const confirm of [null, "calculator", "today-feed"]) {
      expect(await failureOf(retireService(ctx, { service, confirm }))).toMatchObject({ code: "BEE-E808" });
    }
    expect([...fake.services.keys()]).toEqual(["today-feed-generator", "calculator"]);
    fake.interfere = () => {
      fake.services.get(service)!.etag += 1;
    };
    expect(await retireService(ctx, { service, confirm: service })).toBe(true);
    expect([...fake.services.keys()]).toEqual(["calculator"]);
    expect(await retireService(ctx, { service, confirm: service })).toBe(false);
  });
});

describe("the twin in memory", () => {
  it("answers as the cloud does", async () => {
    const traffic = createMemoryServiceTraffic();
    const memory = { ...ctx, traffic };
    for (const name of ["c-1", "c-2"]) {
      traffic.state.revisions.set("calculator", [
        ...(await traffic.listRevisions("calculator")),
        { name, createdAt: `2026-01-0${name.at(-1)}T00:00:00.000Z`, ready: true, reason: null },
      ]);
    }
    const service = {
      name: "calculator",
      etag: "1",
      traffic: [latest],
      serving: [latest],
      latestReady: "c-2",
      reconciling: false,
      failure: null,
    };
    traffic.state.services.set("calculator", service);
    const change = await planTrafficRollback(memory, "calculator");
    const pin = await shiftTraffic(memory, change);
    expect(traffic.state.services.get("calculator")?.serving).toEqual([all("c-1")]);
    expect(await traffic.setTraffic(service, [latest])).toBe("stale");
    await unpinTraffic(memory, pin!);
    expect(traffic.state.services.get("calculator")?.traffic).toEqual([latest]);
    expect(await retireService(memory, { service: "calculator", confirm: "calculator" })).toBe(true);
    expect(await traffic.listServices()).toEqual([]);
  });
});
