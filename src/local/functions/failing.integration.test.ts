import { existsSync } from "node:fs";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  denoPids,
  type FunctionsRig,
  startFunctionsRig,
  until,
} from "../../../tests/support/functions-rig.ts";

let rig: FunctionsRig;

beforeAll(async () => {
  rig = await startFunctionsRig({ cpuMs: 1_000 });
});
afterAll(async () => {
  await rig.stop();
  expect(denoPids(rig.dir)).toEqual([]);
});

describe("a function that fails", () => {
  it.each([
    ["throws at boot", `throw new Error("boom");`],
    ["never calls Deno.serve", `console.log("nothing to do");`],
    [
      "has a rejected top-level await",
      `await Promise.reject(new Error("late")); Deno.serve(() => new Response("x"));`,
    ],
  ])("answers 503 when it %s", async (_, source) => {
    await rig.deploy("unbootable", source);
    const reply = await fetch(rig.url("unbootable"));
    expect([reply.status, reply.headers.get("sb-error-code"), await reply.json()]).toEqual([
      503,
      "BOOT_ERROR",
      { code: "BOOT_ERROR", message: "Function failed to start (please check logs)" },
    ]);
  });

  it("answers 404 when it is not there", async () => {
    expect(await rig.call("nobody")).toEqual({
      status: 404,
      body: '{"code":"NOT_FOUND","message":"Requested function was not found"}',
    });
  });

  it("answers 546 when it loops, and again when asked after", async () => {
    await rig.deploy(
      "loop",
      `Deno.serve((request) => { if (request.url.endsWith("x")) for (;;); return new Response("ok") });`,
    );
    expect(await rig.call("loop")).toEqual({ status: 200, body: "ok" });
    expect((await rig.call("loop/x")).status).toBe(546);
    expect(await rig.call("loop")).toEqual({ status: 200, body: "ok" });
  });

  it("is ended when it loops after its client went away", async () => {
    const before = rig.lines.length;
    await expect(fetch(rig.url("loop/x"), { signal: AbortSignal.timeout(200) })).rejects.toThrow();
    await until(() =>
      rig.lines.slice(before).some(({ message }) => message.startsWith("shutdown (reason: cpu")),
    );
    expect(await rig.call("loop")).toEqual({ status: 200, body: "ok" });
  });

  it("answers 546 when it takes a gigabyte, on the heap or beside it", async () => {
    await rig.deploy(
      "greedy",
      `Deno.serve((request) => {
        const kept = [];
        if (request.url.endsWith("heap")) for (;;) kept.push(new Array(100_000).fill({}));
        if (request.url.endsWith("buffers")) { for (let i = 0; i < 1024; i++) kept.push(new Uint8Array(1 << 20).fill(1)); return new Promise(() => {}); }
        return new Response("ok"); });`,
    );
    expect((await rig.call("greedy/heap")).status).toBe(546);
    expect((await rig.call("greedy/buffers")).status).toBe(546);
    expect(await rig.call("greedy")).toEqual({ status: 200, body: "ok" });
  });

  it("answers 500 when an error escapes it, and again when asked after", async () => {
    await rig.deploy(
      "fragile",
      `Deno.serve((request) => {
      if (!request.url.endsWith("x")) return new Response("ok");
      setTimeout(() => { throw new Error("escaped") }); return new Promise(() => {}); });`,
    );
    expect(await rig.call("fragile/x")).toEqual({
      status: 500,
      body: '{"code":"WORKER_ERROR","message":"Function exited due to an error (please check logs)"}',
    });
    expect(await rig.call("fragile")).toEqual({ status: 200, body: "ok" });
  });

  it("comes back after kill -9", async () => {
    await rig.deploy("killed", `Deno.serve(() => new Response(String(Deno.pid)));`);
    const pids = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const { status, body } = await rig.call("killed");
      expect(status).toBe(200);
      pids.add(body);
      process.kill(Number(body), "SIGKILL");
      await until(() => !existsSync(`/proc/${body}`));
    }
    expect(pids.size).toBe(3);
  });
});

describe("a function that never answers", () => {
  it("is answered for with 504, while others are served", async () => {
    const impatient = await startFunctionsRig({ idleMs: 1_500 });
    await impatient.deploy(
      "mute",
      `Deno.serve((request) => request.url.endsWith("hang") ? new Promise(() => {}) : new Response("ok"));`,
    );
    const hanging = impatient.call("mute/hang");
    expect(await impatient.call("mute")).toEqual({ status: 200, body: "ok" });
    expect((await hanging).status).toBe(504);
    expect(await impatient.call("mute")).toEqual({ status: 200, body: "ok" });
    await impatient.stop();
  });
});
