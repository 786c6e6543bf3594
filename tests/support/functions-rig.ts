import { readdirSync, readFileSync } from "node:fs";
import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import type { FunctionLimits } from "../../src/local/functions/limits.ts";
import { createFunctionsRuntime, type FunctionsRuntime } from "../../src/local/functions/runtime.ts";

export interface LogEntry {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>>;
}

/** The functions runtime behind a small HTTP server, as the gateway would call it. */
export interface FunctionsRig {
  readonly dir: string;
  readonly lines: readonly LogEntry[];
  /** What functions see at their next boot. */
  readonly env: Record<string, string>;
  /** A port that answers, and is closed to functions. */
  readonly deniedPort: number;
  readonly port: number;
  readonly runtime: FunctionsRuntime;
  url(path: string): string;
  call(path: string, init?: RequestInit): Promise<{ readonly status: number; readonly body: string }>;
  /** Stages and activates one file; answers the version. */
  deploy(slug: string, source: string): Promise<number>;
  /** Stops the runtime and starts another on the same folder. */
  restart(): Promise<void>;
  stop(): Promise<void>;
}

const portOf = (server: Server) => (server.address() as AddressInfo).port;

async function listen(server: Server): Promise<void> {
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
}

export async function startFunctionsRig(limits: Partial<FunctionLimits>): Promise<FunctionsRig> {
  const dir = await mkdtemp(join(tmpdir(), "bee-functions-test-"));
  const env: Record<string, string> = {};
  const lines: LogEntry[] = [];
  const denied = createServer((_, response) => response.end("not for functions"));
  const server = createServer((request, response) => {
    const slug = request.url?.split("/")[3]?.split("?")[0] ?? "";
    void runtime.serve(request, response, slug);
  });
  await Promise.all([listen(server), listen(denied)]);
  const open = () =>
    createFunctionsRuntime({
      dir,
      functionEnv: () => env,
      deniedPorts: () => [portOf(denied)],
      projectRef: "abcdefghijklmnopqrst",
      log: (level, message, fields = {}) => lines.push({ level, message, fields }),
      limits,
    });
  let runtime = open();
  await runtime.start();
  const url = (path: string) => `http://127.0.0.1:${portOf(server)}/functions/v1/${path}`;

  return {
    dir,
    env,
    lines,
    url,
    deniedPort: portOf(denied),
    port: portOf(server),
    get runtime() {
      return runtime;
    },
    async call(path, init) {
      const reply = await fetch(url(path), init);
      return { status: reply.status, body: await reply.text() };
    },
    async deploy(slug, source) {
      const path = `supabase/functions/${slug}/index.ts`;
      const files = [{ path, bytes: Buffer.from(source) }];
      const { sha256 } = await runtime.stage({ slug, entrypointPath: path, files });
      const [live] = await runtime.activate([{ slug, sha256 }]);
      return live?.version ?? 0;
    },
    async restart() {
      await runtime.stop();
      runtime = open();
      await runtime.start();
    },
    async stop() {
      await runtime.stop();
      for (const each of [server, denied]) {
        each.closeAllConnections();
        each.close();
      }
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** Deno processes whose prelude lies in `dir`. */
export function denoPids(dir: string): readonly number[] {
  const pids = readdirSync("/proc").filter((name) => /^\d+$/.test(name));
  return pids.map(Number).filter((pid) => {
    try {
      return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes(`--preload=${dir}/`);
    } catch {
      return false;
    }
  });
}

/** Asks again until there is an answer. */
export async function until<T>(read: () => T | null | undefined | false, withinMs = 20_000): Promise<T> {
  const deadline = Date.now() + withinMs;
  for (;;) {
    const value = read();
    if (value) return value;
    if (Date.now() > deadline) throw new Error(`not within ${withinMs} ms: ${read}`);
    await sleep(10);
  }
}
