import { type ChildProcess, spawn } from "node:child_process";
import { existsSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, stat, symlink, writeFile } from "node:fs/promises";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import {
  denoPids,
  type FunctionsRig,
  startFunctionsRig,
  until,
} from "../../../tests/support/functions-rig.ts";
import { createFunctionsRuntime } from "./runtime.ts";
import { openSocketDir } from "./socket-dir.ts";

let rig: FunctionsRig;

beforeAll(async () => {
  rig = await startFunctionsRig({});
});
afterAll(async () => {
  await rig.stop();
  expect(denoPids(rig.dir)).toEqual([]);
});

describe("deploying", () => {
  it("drops no request over twenty deploys, and never answers with old code after one", async () => {
    await rig.deploy(
      "swap",
      `Deno.serve(async () => { await new Promise((r) => setTimeout(r, 20)); return new Response("0") });`,
    );
    const statuses = new Map<number, number>();
    let running = true;
    const load = Array.from({ length: 4 }, async () => {
      while (running) {
        const { status } = await rig.call("swap");
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    for (let i = 1; i <= 20; i++) {
      const version = await rig.deploy(
        "swap",
        `Deno.serve(async () => { await new Promise((r) => setTimeout(r, 20)); return new Response("${i}") });`,
      );
      expect(version).toBe(i + 1);
      expect(await rig.call("swap")).toEqual({ status: 200, body: String(i) });
    }
    running = false;
    await Promise.all(load);
    expect([...statuses.keys()]).toEqual([200]);
    await until(() => denoPids(rig.dir).length <= rig.runtime.list().length);
  });

  it("takes two at once, one after the other", async () => {
    const versions = await Promise.all([
      rig.deploy("both", `Deno.serve(() => new Response("a"));`),
      rig.deploy("both", `Deno.serve(() => new Response("b"));`),
    ]);
    expect(versions.sort()).toEqual([1, 2]);
    expect((await rig.call("both")).body).toMatch(/^[ab]$/);
  });

  it("activates many together or none", async () => {
    const stage = (slug: string) => {
      const path = `supabase/functions/${slug}/index.ts`;
      return rig.runtime.stage({
        slug,
        entrypointPath: path,
        files: [{ path, bytes: Buffer.from(`Deno.serve(() => new Response("${slug}"))`) }],
      });
    };
    const staged = [await stage("one"), await stage("two")];
    expect(rig.runtime.list().map(({ slug }) => slug)).not.toContain("one");
    expect((await rig.call("one")).status).toBe(404);
    await expect(
      rig.runtime.activate([...staged, { slug: "three", sha256: "0".repeat(64) }]),
    ).rejects.toThrow(/three/);
    expect(rig.runtime.verifyJwt("one")).toBeNull();
    await rig.runtime.activate(staged);
    expect([await rig.call("one"), await rig.call("two")]).toEqual([
      { status: 200, body: "one" },
      { status: 200, body: "two" },
    ]);
  });

  it("gives new values to running functions", async () => {
    await rig.deploy("values", `Deno.serve(() => new Response(Deno.env.get("GREETING") ?? ""));`);
    expect((await rig.call("values")).body).toBe("");
    rig.env["GREETING"] = "servus";
    rig.runtime.restart(["values"]);
    expect((await rig.call("values")).body).toBe("servus");
  });

  it("boots with a hundred secrets of the largest size", async () => {
    const big = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`BIG_${i}`, String(i % 10).repeat(24_576)]),
    );
    await rig.deploy(
      "rich",
      `Deno.serve(() => Response.json(Array.from({ length: 100 }, (_, i) => Deno.env.get("BIG_" + i)?.length ?? 0)));`,
    );
    Object.assign(rig.env, big);
    rig.runtime.restart(["rich"]);
    expect(JSON.parse((await rig.call("rich")).body)).toEqual(Array.from({ length: 100 }, () => 24_576));
    for (const name of Object.keys(big)) delete rig.env[name];
  });

  it("removes a function, and keeps its bytes while they are named", async () => {
    await rig.deploy("gone", `Deno.serve(() => new Response("x"));`);
    const body = await rig.runtime.readBody("gone");
    expect(body?.files.map(({ path }) => path)).toEqual(["supabase/functions/gone/index.ts"]);
    expect(await rig.runtime.remove("gone")).toBe(true);
    expect(await rig.runtime.remove("gone")).toBe(false);
    expect((await rig.call("gone")).status).toBe(404);
    expect(await rig.runtime.readBody("gone")).toBeNull();
  });

  it("leaves everything as it was when the store cannot be written", async () => {
    await rig.deploy("steady", `Deno.serve(() => new Response("before"));`);
    const table = join(rig.dir, "functions.json");
    const before = await readFile(table, "utf8");
    const blobs = join(rig.dir, "blobs");
    // A file in the place of the folder fails writes for root as well.
    await rename(blobs, `${blobs}.aside`);
    await writeFile(blobs, "");
    await expect(rig.deploy("steady", `Deno.serve(() => new Response("after"));`)).rejects.toThrow(/ENOTDIR/);
    await rm(blobs);
    await rename(`${blobs}.aside`, blobs);
    expect(await readFile(table, "utf8")).toBe(before);
    expect(await rig.call("steady")).toEqual({ status: 200, body: "before" });
    expect(await rig.deploy("steady", `Deno.serve(() => new Response("after"));`)).toBe(2);
  });
});

describe("the runtime", () => {
  it("serves the same after a restart, from private files", async () => {
    await rig.deploy("lasting", `Deno.serve(() => new Response("here"));`);
    const before = rig.runtime.list();
    await writeFile(join(rig.dir, "blobs", "torn.js.abc.draft"), "half");
    await rig.restart();
    expect(rig.runtime.list()).toEqual(before);
    expect(await rig.call("lasting")).toEqual({ status: 200, body: "here" });
    expect(existsSync(join(rig.dir, "blobs", "torn.js.abc.draft"))).toBe(false);
    expect((await stat(join(rig.dir, "functions.json"))).mode & 0o777).toBe(0o600);
    expect((await stat(rig.dir)).mode & 0o777).toBe(0o700);
  });

  it("says so when its table is damaged", async () => {
    const copy = await mkdtemp(join(tmpdir(), "bee-functions-test-"));
    await writeFile(join(copy, "functions.json"), '{"schema":1,"li');
    const damaged = createFunctionsRuntime({
      dir: copy,
      functionEnv: () => ({}),
      log: () => {},
    });
    await expect(damaged.start()).rejects.toMatchObject({ code: "BEE-E710" });
    await rm(copy, { recursive: true, force: true });
  });

  it("lets a background task end before the process does", async () => {
    await rig.deploy(
      "later",
      `Deno.serve(() => { EdgeRuntime.waitUntil(new Promise((r) => setTimeout(() => { console.log("task done"); r(0) }, 300))); return new Response("now") });`,
    );
    expect((await rig.call("later")).body).toBe("now");
    await rig.deploy("later", `Deno.serve(() => new Response("next"));`);
    expect((await rig.call("later")).body).toBe("next");
    await until(() =>
      rig.lines.some(({ message, fields }) => message === "task done" && fields["slug"] === "later"),
    );
  });

  it("hangs up on a client that goes away, and goes on", async () => {
    await rig.deploy(
      "slow",
      `Deno.serve(async () => { await new Promise((r) => setTimeout(r, 100)); return new Response("done") });`,
    );
    await rig.call("slow");
    for (let i = 0; i < 20; i++) {
      const socket = connect(rig.port, "127.0.0.1");
      socket.write("POST /functions/v1/slow HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf");
      setTimeout(() => socket.resetAndDestroy(), 5 * i);
    }
    expect(await rig.call("slow")).toEqual({ status: 200, body: "done" });
  });
});

it("leaves no process behind when it is killed", async () => {
  const outside = await mkdtemp(join(tmpdir(), "bee-functions-test-"));
  const bundle = join(outside, "daemon.mjs");
  await build({
    stdin: {
      contents: `
        import { createFunctionsRuntime } from "./runtime.ts";
        const runtime = createFunctionsRuntime({ dir: process.argv[2], functionEnv: () => ({}),
          log: (level, message) => { if (message.startsWith("booted")) console.log("booted"); } });
        await runtime.start();
        const path = "supabase/functions/f/index.js";
        const { sha256 } = await runtime.stage({ slug: "f", entrypointPath: path,
          files: [{ path, bytes: Buffer.from("Deno.serve(() => { for (;;); });") }] });
        await runtime.activate([{ slug: "f", sha256 }]);
        setInterval(() => {}, 1000);`,
      resolveDir: import.meta.dirname,
    },
    bundle: true,
    platform: "node",
    format: "esm",
    outfile: bundle,
    external: ["esbuild"],
    logLevel: "silent",
  });
  const root = join(import.meta.dirname, "../../..");
  await symlink(join(root, "node_modules"), join(outside, "node_modules"));
  const daemon: ChildProcess = spawn(process.execPath, [bundle, outside], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  try {
    await Promise.race([
      new Promise((resolve) => daemon.stdout?.once("data", resolve)),
      sleep(20_000).then(() => Promise.reject(new Error("did not boot"))),
    ]);
    expect(denoPids(outside)).toHaveLength(1);
  } finally {
    daemon.kill("SIGKILL");
  }
  await until(() => denoPids(outside).length === 0);
  await rm(outside, { recursive: true, force: true });
});

describe("the folder of sockets", () => {
  it("is private, and stands elsewhere when its path would be too long", async () => {
    const near = await openSocketDir(rig.dir);
    expect([near, (await stat(near)).mode & 0o777]).toEqual([join(rig.dir, "run"), 0o700]);
    const deep = join(rig.dir, "deep".repeat(20));
    await mkdir(deep);
    const far = await openSocketDir(deep);
    expect([far.startsWith(join(tmpdir(), "bee-fn-")), (await stat(far)).mode & 0o777]).toEqual([
      true,
      0o700,
    ]);
    const next = await openSocketDir(deep);
    expect(existsSync(far)).toBe(false);
    await rm(next, { recursive: true });
  });
});
