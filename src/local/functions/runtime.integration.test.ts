import { type ChildProcess, spawn } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { mkdir, mkdtemp, readFile, rename, rm, stat, symlink, truncate, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { type AddressInfo, connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { build } from "esbuild";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createFunctionsRuntime, type FunctionsRuntime } from "./runtime.ts";
import { openSocketDir } from "./socket-dir.ts";

interface LogEntry {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

const env: Record<string, string> = { GREETING: "hello" };
const lines: LogEntry[] = [];
let dir: string;
let runtime: FunctionsRuntime;
let server: Server;
let closed: Server;

function start(limits = {}): FunctionsRuntime {
  return createFunctionsRuntime({
    dir: join(dir, "functions"),
    functionEnv: () => env,
    gatewayPort: (server.address() as AddressInfo).port,
    deniedPorts: () => [(closed.address() as AddressInfo).port],
    projectRef: "abcdefghijklmnopqrst",
    log: (level, message, fields = {}) => lines.push({ level, message, fields }),
    limits: { idleMs: 6_000, cpuMs: 1_000, ...limits },
  });
}

const listen = (target: Server) => new Promise<void>((resolve) => target.listen(0, "127.0.0.1", resolve));
const url = (path: string) =>
  `http://127.0.0.1:${(server.address() as AddressInfo).port}/functions/v1/${path}`;

async function deploy(slug: string, source: string): Promise<number> {
  const path = `supabase/functions/${slug}/index.ts`;
  const { sha256 } = await runtime.stage({
    slug,
    entrypointPath: path,
    files: [{ path, bytes: Buffer.from(source) }],
  });
  const [live] = await runtime.activate([{ slug, sha256 }]);
  return live?.version ?? 0;
}

async function call(
  path: string,
  init?: RequestInit,
): Promise<{ readonly status: number; readonly body: string }> {
  const reply = await fetch(url(path), init);
  return { status: reply.status, body: await reply.text() };
}

async function until<T>(read: () => T | null | undefined | false, within = 10_000): Promise<T> {
  const deadline = Date.now() + within;
  for (;;) {
    const value = read();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not within ${within} ms: ${read}`);
    await sleep(10);
  }
}

/** Deno processes that run out of this test's folder. */
function denoPids(below = dir): readonly number[] {
  return readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .map(Number)
    .filter((pid) => {
      try {
        return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`--preload=${below}`);
      } catch {
        return false;
      }
    });
}

beforeAll(async () => {
  dir = await mkdtemp(join(tmpdir(), "bee-functions-test-"));
  server = createServer((request, response) => {
    const slug = request.url?.split("/")[3]?.split("?")[0] ?? "";
    void runtime.serve(request, response, slug);
  });
  closed = createServer((_, response) => response.end("secret port"));
  await Promise.all([listen(server), listen(closed)]);
  runtime = start();
  await runtime.start();
});

afterAll(async () => {
  await runtime.stop();
  server.closeAllConnections();
  server.close();
  closed.closeAllConnections();
  closed.close();
  expect(denoPids()).toEqual([]);
  await rm(dir, { recursive: true, force: true });
});

describe("a function", () => {
  it("sees its path, an http URL, its variables and nothing else", async () => {
    await deploy(
      "echo",
      `Deno.serve(async (request) => Response.json({
        url: request.url, method: request.method, body: await request.text(), header: request.headers.get("x-test"),
        greeting: Deno.env.get("GREETING"), unset: Deno.env.get("HOME") ?? null, id: Deno.env.get("DENO_DEPLOYMENT_ID"),
      }));`,
    );
    const { status, body } = await call("echo/sub/path?q=1", {
      method: "POST",
      body: "hi",
      headers: { "x-test": "t" },
    });
    const [record] = runtime.list();
    expect(status).toBe(200);
    expect(JSON.parse(body)).toEqual({
      url: url("").replace("/functions/v1/", "/echo/sub/path?q=1"),
      method: "POST",
      body: "hi",
      header: "t",
      greeting: "hello",
      unset: null,
      id: `abcdefghijklmnopqrst_${record?.id}_1`,
    });
  });

  it("may be written as export default { fetch }", async () => {
    await deploy(
      "fetchable",
      `export default { async fetch(request: Request) { return new Response("d" + await request.text()) } }`,
    );
    expect(await call("fetchable", { method: "POST", body: "x" })).toEqual({ status: 200, body: "dx" });
  });

  it("writes log events with level, id and version", async () => {
    await deploy(
      "talk",
      `Deno.serve(() => { console.warn("at %s", "night", { a: [1] }); return new Response("ok") });`,
    );
    await call("talk");
    const entry = await until(() => lines.find(({ message }) => message.startsWith("at night")));
    expect(entry).toMatchObject({
      level: "warn",
      message: "at night { a: [ 1 ] }",
      fields: { slug: "talk", version: 1 },
    });
    expect(entry.fields["function_id"]).toBe(runtime.list().find(({ slug }) => slug === "talk")?.id);
  });

  it("is kept from files, processes, the platform's ports and the open network as a listener", async () => {
    const port = (closed.address() as AddressInfo).port;
    await deploy(
      "probe",
      `const attempt = async (work) => { try { await work(); return "allowed" } catch (error) { return error.name } };
      Deno.serve(async () => Response.json({
        passwd: await attempt(() => Deno.readTextFile("/etc/passwd")),
        write: await attempt(() => Deno.writeTextFile("/tmp/bee-escape", "x")),
        run: await attempt(() => new Deno.Command("/bin/ls").output()),
        port: await attempt(() => fetch("http://127.0.0.1:${port}/")),
        byName: await attempt(() => Deno.connect({ hostname: "localhost", port: ${port} })),
        metadata: await attempt(() => fetch("http://169.254.169.254/")),
        listen: await attempt(() => Deno.listen({ port: 0 })),
        gateway: await attempt(() => fetch("${url("nope")}").then((reply) => reply.text())),
      }));`,
    );
    expect(JSON.parse((await call("probe")).body)).toEqual({
      passwd: "NotCapable",
      write: "NotCapable",
      run: "NotCapable",
      port: "NotCapable",
      byName: "NotCapable",
      metadata: "NotCapable",
      listen: "NotCapable",
      gateway: "allowed",
    });
  });

  it("streams both ways", async () => {
    await deploy("pass", "Deno.serve((request) => new Response(request.body));");
    const size = 20 * 1024 * 1024;
    const reply = await fetch(url("pass"), { method: "POST", body: Buffer.alloc(size, 7) });
    expect((await reply.arrayBuffer()).byteLength).toBe(size);

    await deploy(
      "ticks",
      `Deno.serve(() => new Response(new ReadableStream({ async start(controller) {
      for (let i = 0; i < 3; i++) { controller.enqueue(new TextEncoder().encode("t" + i)); await new Promise((r) => setTimeout(r, 30)); }
      controller.close(); } })));`,
    );
    const chunks: string[] = [];
    const stream = await fetch(url("ticks"));
    for await (const chunk of stream.body ?? []) chunks.push(Buffer.from(chunk).toString());
    expect(chunks).toEqual(["t0", "t1", "t2"]);
  });

  it("does not hold up a client whose upload it ignores", async () => {
    await deploy("deaf", `Deno.serve(() => new Response("early"));`);
    expect(await call("deaf", { method: "POST", body: Buffer.alloc(8 * 1024 * 1024) })).toEqual({
      status: 200,
      body: "early",
    });
    expect(await call("deaf")).toEqual({ status: 200, body: "early" });
  });

  it("is as hosted with HTML and odd methods", async () => {
    await deploy(
      "page",
      `Deno.serve(() => new Response("<p>", { headers: { "content-type": "text/html; charset=utf-8" } }));`,
    );
    const reply = await fetch(url("page"));
    expect(reply.headers.get("content-type")).toBe("text/plain; charset=utf-8");
    expect((await fetch(url("page"), { method: "HEAD" })).status).toBe(405);
  });
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
    await deploy("unbootable", source);
    const reply = await fetch(url("unbootable"));
    expect([reply.status, reply.headers.get("sb-error-code"), await reply.json()]).toEqual([
      503,
      "BOOT_ERROR",
      { code: "BOOT_ERROR", message: "Function failed to start (please check logs)" },
    ]);
  });

  it("answers 404 when it is not there", async () => {
    expect(await call("nobody")).toEqual({
      status: 404,
      body: '{"code":"NOT_FOUND","message":"Requested function was not found"}',
    });
  });

  it("answers 504 when it never does, and serves others meanwhile", async () => {
    await deploy(
      "mute",
      `Deno.serve((request) => request.url.endsWith("hang") ? new Promise(() => {}) : new Response("ok"));`,
    );
    const hanging = call("mute/hang");
    expect(await call("mute")).toEqual({ status: 200, body: "ok" });
    expect((await hanging).status).toBe(504);
    expect(await call("mute")).toEqual({ status: 200, body: "ok" });
  });

  it("answers 546 when it loops, and again when asked after", async () => {
    await deploy(
      "loop",
      `Deno.serve((request) => { if (request.url.endsWith("x")) for (;;); return new Response("ok") });`,
    );
    expect(await call("loop")).toEqual({ status: 200, body: "ok" });
    expect((await call("loop/x")).status).toBe(546);
    expect(await call("loop")).toEqual({ status: 200, body: "ok" });
  });

  it("is ended when it loops after its client went away", async () => {
    const before = lines.length;
    await expect(fetch(url("loop/x"), { signal: AbortSignal.timeout(200) })).rejects.toThrow();
    await until(() => lines.slice(before).some(({ message }) => message.startsWith("shutdown (reason: cpu")));
    expect(await call("loop")).toEqual({ status: 200, body: "ok" });
  });

  it("answers 546 when it takes a gigabyte, on the heap or beside it", async () => {
    await deploy(
      "greedy",
      `Deno.serve((request) => {
        const kept = [];
        if (request.url.endsWith("heap")) for (;;) kept.push(new Array(100_000).fill({}));
        if (request.url.endsWith("buffers")) { for (let i = 0; i < 1024; i++) kept.push(new Uint8Array(1 << 20).fill(1)); return new Promise(() => {}); }
        return new Response("ok"); });`,
    );
    expect((await call("greedy/heap")).status).toBe(546);
    expect((await call("greedy/buffers")).status).toBe(546);
    expect(await call("greedy")).toEqual({ status: 200, body: "ok" });
  });

  it("answers 500 when an error escapes it, and again when asked after", async () => {
    await deploy(
      "fragile",
      `Deno.serve((request) => {
      if (!request.url.endsWith("x")) return new Response("ok");
      setTimeout(() => { throw new Error("escaped") }); return new Promise(() => {}); });`,
    );
    expect(await call("fragile/x")).toEqual({
      status: 500,
      body: '{"code":"WORKER_ERROR","message":"Function exited due to an error (please check logs)"}',
    });
    expect(await call("fragile")).toEqual({ status: 200, body: "ok" });
  });

  it("comes back after kill -9", async () => {
    await deploy("killed", `Deno.serve(() => new Response(String(Deno.pid)));`);
    const pids = new Set<string>();
    for (let i = 0; i < 3; i++) {
      const { status, body } = await call("killed");
      expect(status).toBe(200);
      pids.add(body);
      process.kill(Number(body), "SIGKILL");
      await until(() => !existsSync(`/proc/${body}`));
    }
    expect(pids.size).toBe(3);
  });
});

describe("deploying", () => {
  it("drops no request over twenty deploys, and never answers with old code after one", async () => {
    await deploy(
      "swap",
      `Deno.serve(async () => { await new Promise((r) => setTimeout(r, 20)); return new Response("0") });`,
    );
    const statuses = new Map<number, number>();
    let running = true;
    const load = Array.from({ length: 4 }, async () => {
      while (running) {
        const { status } = await call("swap");
        statuses.set(status, (statuses.get(status) ?? 0) + 1);
      }
    });
    for (let i = 1; i <= 20; i++) {
      const version = await deploy(
        "swap",
        `Deno.serve(async () => { await new Promise((r) => setTimeout(r, 20)); return new Response("${i}") });`,
      );
      expect(version).toBe(i + 1);
      expect(await call("swap")).toEqual({ status: 200, body: String(i) });
    }
    running = false;
    await Promise.all(load);
    expect([...statuses.keys()]).toEqual([200]);
    await until(() => denoPids().length <= runtime.list().length);
  });

  it("takes two at once, one after the other", async () => {
    const versions = await Promise.all([
      deploy("both", `Deno.serve(() => new Response("a"));`),
      deploy("both", `Deno.serve(() => new Response("b"));`),
    ]);
    expect(versions.sort()).toEqual([1, 2]);
    expect((await call("both")).body).toMatch(/^[ab]$/);
  });

  it("activates many together or none", async () => {
    const stage = (slug: string) => {
      const path = `supabase/functions/${slug}/index.ts`;
      return runtime.stage({
        slug,
        entrypointPath: path,
        files: [{ path, bytes: Buffer.from(`Deno.serve(() => new Response("${slug}"))`) }],
      });
    };
    const staged = [await stage("one"), await stage("two")];
    expect(runtime.list().map(({ slug }) => slug)).not.toContain("one");
    expect((await call("one")).status).toBe(404);
    await expect(runtime.activate([...staged, { slug: "three", sha256: "0".repeat(64) }])).rejects.toThrow(
      /three/,
    );
    expect(runtime.verifyJwt("one")).toBeNull();
    await runtime.activate(staged);
    expect([await call("one"), await call("two")]).toEqual([
      { status: 200, body: "one" },
      { status: 200, body: "two" },
    ]);
  });

  it("gives new values to running functions", async () => {
    await deploy("values", `Deno.serve(() => new Response(Deno.env.get("GREETING")));`);
    expect((await call("values")).body).toBe("hello");
    env["GREETING"] = "servus";
    runtime.restart(["values"]);
    expect((await call("values")).body).toBe("servus");
    env["GREETING"] = "hello";
  });

  it("boots with a hundred secrets of the largest size", async () => {
    const big = Object.fromEntries(
      Array.from({ length: 100 }, (_, i) => [`BIG_${i}`, String(i % 10).repeat(24_576)]),
    );
    await deploy(
      "rich",
      `Deno.serve(() => Response.json(Array.from({ length: 100 }, (_, i) => Deno.env.get("BIG_" + i)?.length ?? 0)));`,
    );
    Object.assign(env, big);
    runtime.restart(["rich"]);
    expect(JSON.parse((await call("rich")).body)).toEqual(Array.from({ length: 100 }, () => 24_576));
    for (const name of Object.keys(big)) delete env[name];
  });

  it("removes a function, and keeps its bytes while they are named", async () => {
    await deploy("gone", `Deno.serve(() => new Response("x"));`);
    const body = await runtime.readBody("gone");
    expect(body?.files.map(({ path }) => path)).toEqual(["supabase/functions/gone/index.ts"]);
    expect(await runtime.remove("gone")).toBe(true);
    expect(await runtime.remove("gone")).toBe(false);
    expect((await call("gone")).status).toBe(404);
    expect(await runtime.readBody("gone")).toBeNull();
  });

  it("leaves everything as it was when the disk is full", async () => {
    await deploy("steady", `Deno.serve(() => new Response("before"));`);
    const table = join(dir, "functions", "functions.json");
    const before = await readFile(table, "utf8");
    const blobs = join(dir, "functions", "blobs");
    // A file in the place of the folder fails writes for root as well.
    await rename(blobs, `${blobs}.aside`);
    await writeFile(blobs, "");
    await expect(deploy("steady", `Deno.serve(() => new Response("after"));`)).rejects.toThrow(/ENOTDIR/);
    await rm(blobs);
    await rename(`${blobs}.aside`, blobs);
    expect(await readFile(table, "utf8")).toBe(before);
    expect(await call("steady")).toEqual({ status: 200, body: "before" });
    expect(await deploy("steady", `Deno.serve(() => new Response("after"));`)).toBe(2);
  });
});

describe("the runtime", () => {
  it("serves the same after a restart, from private files", async () => {
    await deploy("lasting", `Deno.serve(() => new Response("here"));`);
    const before = runtime.list();
    await writeFile(join(dir, "functions", "blobs", "torn.js.abc.draft"), "half");
    await runtime.stop();
    expect(denoPids()).toEqual([]);
    runtime = start();
    await runtime.start();
    expect(runtime.list()).toEqual(before);
    expect(await call("lasting")).toEqual({ status: 200, body: "here" });
    expect(existsSync(join(dir, "functions", "blobs", "torn.js.abc.draft"))).toBe(false);
    expect((await stat(join(dir, "functions", "functions.json"))).mode & 0o777).toBe(0o600);
    expect((await stat(join(dir, "functions"))).mode & 0o777).toBe(0o700);
  });

  it("says so when its table is damaged", async () => {
    const copy = await mkdtemp(join(tmpdir(), "bee-functions-test-"));
    await writeFile(join(copy, "functions.json"), '{"schema":1,"live":{}');
    await truncate(join(copy, "functions.json"), 10);
    const damaged = createFunctionsRuntime({
      dir: copy,
      functionEnv: () => ({}),
      gatewayPort: 1,
      log: () => {},
    });
    await expect(damaged.start()).rejects.toMatchObject({ code: "BEE-E710" });
    await rm(copy, { recursive: true, force: true });
  });

  it("lets a background task end before the process does", async () => {
    await deploy(
      "later",
      `Deno.serve(() => { EdgeRuntime.waitUntil(new Promise((r) => setTimeout(() => { console.log("task done"); r(0) }, 300))); return new Response("now") });`,
    );
    expect((await call("later")).body).toBe("now");
    await deploy("later", `Deno.serve(() => new Response("next"));`);
    expect((await call("later")).body).toBe("next");
    await until(() =>
      lines.some(({ message, fields }) => message === "task done" && fields["slug"] === "later"),
    );
  });

  it("hangs up on a client that goes away, and goes on", async () => {
    await deploy(
      "slow",
      `Deno.serve(async () => { await new Promise((r) => setTimeout(r, 100)); return new Response("done") });`,
    );
    await call("slow");
    for (let i = 0; i < 20; i++) {
      const socket = connect((server.address() as AddressInfo).port, "127.0.0.1");
      socket.write("POST /functions/v1/slow HTTP/1.1\r\nhost: x\r\ncontent-length: 1000\r\n\r\nhalf");
      setTimeout(() => socket.resetAndDestroy(), 5 * i);
    }
    expect(await call("slow")).toEqual({ status: 200, body: "done" });
  });
});

it("leaves no process behind when it is killed", async () => {
  const outside = await mkdtemp(join(tmpdir(), "bee-functions-test-"));
  const bundle = join(outside, "daemon.mjs");
  await build({
    stdin: {
      contents: `
        import { createFunctionsRuntime } from "./runtime.ts";
        const runtime = createFunctionsRuntime({ dir: process.argv[2], functionEnv: () => ({}), gatewayPort: 1,
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
    const near = await openSocketDir(dir);
    expect([near, (await stat(near)).mode & 0o777]).toEqual([join(dir, "run"), 0o700]);
    const deep = join(dir, "deep".repeat(20));
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
