import { afterEach, describe, expect, it } from "vitest";
import { type FakeApi, type FakeReply, startFakeApi } from "../../tests/support/fake-api.ts";
import type { StagedFunction } from "../ports/function-host.ts";
import { createFunctionHost } from "./function-host.ts";

const ref = "abcdefghijklmnopqrst";
let fake: FakeApi;
afterEach(() => fake.close());

interface Listed {
  readonly slug: string;
  readonly version: number;
  readonly ezbr_sha256: string;
  readonly verify_jwt: boolean;
}

const record = (
  slug: string,
  version: number,
  sha: string,
): Listed & { id: string; name: string; status: string } => ({
  id: `id-${slug}`,
  slug,
  name: slug,
  status: "ACTIVE",
  version,
  verify_jwt: true,
  ezbr_sha256: sha,
});

const staged = (slug: string, version: number, sha: string): StagedFunction => ({
  slug,
  version,
  hostSha256: sha,
  verifyJwt: true,
  record: { ...record(slug, version, sha) },
});

/** A host whose bulk update is decided by the test; `live` is what it lists. */
async function startHost(live: Listed[], onPut: (put: number, apply: () => void) => FakeReply) {
  let puts = 0;
  fake = await startFakeApi(({ line, body }) => {
    if (line.startsWith("GET")) return { status: 200, json: live };
    puts += 1;
    return onPut(puts, () => live.splice(0, live.length, ...(JSON.parse(body) as Listed[])));
  });
  return createFunctionHost(fake.api, ref, fake.clock);
}

const puts = () => fake.seen.filter(({ line }) => line.startsWith("PUT")).length;

describe("staging", () => {
  it("sends one file and its settings, and bumps the version the platform did not", async () => {
    fake = await startFakeApi(() => ({
      status: 201,
      json: { ...record("f", 4, "abc"), import_map_path: null },
    }));
    const artifact = { slug: "f", bytes: Buffer.from([0, 255, 10]), sha256: "", verifyJwt: false };
    const live = { slug: "f", id: "id-f", version: 4, status: "ACTIVE", verifyJwt: true, hostSha256: "old" };
    const answer = await createFunctionHost(fake.api, ref).stage(artifact, live);
    expect(answer).toMatchObject({ slug: "f", version: 5, hostSha256: "abc", verifyJwt: false });
    expect(answer.record).toEqual({ ...record("f", 5, "abc"), verify_jwt: false });
    const [request] = fake.seen;
    expect(request?.line).toBe(`POST /v1/projects/${ref}/functions/deploy?slug=f&bundleOnly=true`);
    const body = request?.body.replaceAll(/bee-[0-9a-f]{24}/g, "X");
    const metadata =
      '{"entrypoint_path":"index.js","import_map_path":"","static_patterns":[],"verify_jwt":false,"name":"f"}';
    expect(body?.split("\r\n")).toEqual([
      "--X",
      'Content-Disposition: form-data; name="file"; filename="index.js"',
      "Content-Type: application/octet-stream",
      "",
      "\u0000\u00ff\n",
      "--X",
      'Content-Disposition: form-data; name="metadata"',
      "",
      metadata,
      "--X--",
      "",
    ]);
  });
});

describe("activating", () => {
  it("sends all records in one request", async () => {
    const host = await startHost([], () => ({ status: 200, json: { functions: [] } }));
    await host.activate([staged("a", 1, "x"), staged("b", 7, "y")]);
    expect(fake.seen.map(({ line }) => line)).toEqual([`PUT /v1/projects/${ref}/functions`]);
    expect(JSON.parse(fake.seen[0]?.body ?? "")).toEqual([record("a", 1, "x"), record("b", 7, "y")]);
  });

  it("asks nothing when there is nothing to activate", async () => {
    const host = await startHost([], () => ({ status: 500 }));
    await host.activate([]);
    expect(fake.seen).toEqual([]);
  });

  it.each<[string, FakeReply]>([
    ["502", { status: 502 }],
    ["409", { status: 409, json: { message: "deployment already exists" } }],
    ["no answer", "drop"],
  ])("takes %s for done when the list shows it done", async (_what, reply) => {
    const host = await startHost([], (_, apply) => {
      apply();
      return reply;
    });
    await host.activate([staged("a", 1, "x")]);
    expect(puts()).toBe(1);
  });

  it.each<[string, FakeReply]>([
    ["502", { status: 502 }],
    ["409", { status: 409 }],
    ["no answer", "drop"],
  ])("sends it again after %s when the list shows it undone", async (_what, reply) => {
    const host = await startHost([record("a", 1, "old")], (put, apply) => {
      if (put === 1) return reply;
      apply();
      return { status: 200, json: { functions: [] } };
    });
    await host.activate([staged("a", 2, "x")]);
    expect(puts()).toBe(2);
  });

  it("stops when somebody else's bundle is live at that version", async () => {
    const host = await startHost([record("a", 2, "theirs")], () => ({ status: 409 }));
    await expect(host.activate([staged("a", 2, "x")])).rejects.toMatchObject({ code: "BEE-E610", exit: 6 });
    expect(puts()).toBe(1);
  });

  it("gives up after three attempts, with the API's words", async () => {
    const host = await startHost([], () => ({ status: 503, json: { message: "try later" } }));
    await expect(host.activate([staged("a", 1, "x")])).rejects.toMatchObject({
      code: "BEE-E203",
      message: `PUT /v1/projects/${ref}/functions answered 503: try later`,
    });
    expect(puts()).toBe(3);
  });

  it("does not repeat what was refused", async () => {
    const host = await startHost([], () => ({
      status: 402,
      json: { message: "Maximum number of functions reached" },
    }));
    await expect(host.activate([staged("a", 1, "x")])).rejects.toMatchObject({ status: 402 });
    expect(fake.seen).toHaveLength(1);
  });
});
