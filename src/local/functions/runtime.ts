import { readFile, rm, writeFile } from "node:fs/promises";
import type { IncomingMessage, ServerResponse } from "node:http";
import { join } from "node:path";
import type { LogLine } from "../identity.ts";
import { bundleFunction } from "./bundle.ts";
import { readDenoBinary } from "./deno-binary.ts";
import { faults, sendFault } from "./fault-reply.ts";
import { FunctionFleet } from "./fleet.ts";
import { forward } from "./forward.ts";
import type { FunctionBody, FunctionRecord, FunctionSettings, FunctionUpload } from "./function-record.ts";
import { FunctionStore } from "./function-store.ts";
import {
  type Activation,
  assembleVersion,
  chooseVersion,
  recordOf,
  withLive,
  withoutLive,
  withStaged,
} from "./function-table.ts";
import { type FunctionLimits, hostedLimits } from "./limits.ts";
import { packageRoots } from "./packages.ts";
import { preludeSource } from "./prelude.ts";
import { openSocketDir } from "./socket-dir.ts";

interface FunctionsOptions {
  /** Where versions are kept; private to the platform. */
  readonly dir: string;
  /** SUPABASE_* variables and secrets of one version; asked at every boot. */
  readonly functionEnv: (slug: string, version: number) => Readonly<Record<string, string>>;
  readonly log: LogLine;
  /** First part of DENO_DEPLOYMENT_ID. */
  readonly projectRef?: string;
  /** Loopback ports closed to functions (Postgres, Management API), asked at every boot. */
  readonly deniedPorts?: () => readonly number[];
  /** Folders whose node_modules serve `npm:` imports before bee's own. */
  readonly packageDirs?: readonly string[];
  readonly limits?: Partial<FunctionLimits>;
}

export interface FunctionsRuntime {
  /** Boots what is live; returns before the functions listen. Throws BEE-E710, BEE-E711. */
  start(): Promise<void>;
  stop(): Promise<void>;
  /** Answers for a function, or as the platform when it cannot. Never throws. */
  serve(request: IncomingMessage, response: ServerResponse, slug: string): Promise<void>;
  /** Null when there is no such function. */
  verifyJwt(slug: string): boolean | null;
  list(): readonly FunctionRecord[];
  /** Bundles and keeps a version; nothing is live until `activate`. Throws BundleError. */
  stage(upload: FunctionUpload): Promise<FunctionRecord>;
  /** Makes staged versions live, all or none. Throws BundleError (not staged), VersionConflict. */
  activate(many: readonly Activation[]): Promise<readonly FunctionRecord[]>;
  configure(slug: string, settings: FunctionSettings): Promise<FunctionRecord | null>;
  remove(slug: string): Promise<boolean>;
  readBody(slug: string): Promise<FunctionBody | null>;
  /** New processes with the present environment; all functions when no slugs are named. */
  restart(slugs?: readonly string[]): void;
}

const methods = new Set(["GET", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"]);

export function createFunctionsRuntime(options: FunctionsOptions): FunctionsRuntime {
  const store = new FunctionStore(options.dir);
  const roots = packageRoots(options.packageDirs ?? []);
  let fleet: FunctionFleet | null = null;
  let socketDir: string | null = null;
  let writing: Promise<unknown> = Promise.resolve();

  /** One change of the table at a time. */
  function alone<T>(work: () => Promise<T>): Promise<T> {
    const result = writing.then(work);
    writing = result.catch(() => {});
    return result;
  }

  async function stage(upload: FunctionUpload): Promise<FunctionRecord> {
    const bundle = await bundleFunction(upload, roots);
    return alone(async () => {
      const sources = await Promise.all(
        upload.files.map(async ({ path, bytes }) => ({ path, sha256: await store.keep(bytes) })),
      );
      const blobs = { sha256: await store.keep(bundle), sources };
      const version = assembleVersion(store.table, upload, blobs, Date.now());
      await store.save(withStaged(store.table, version));
      return recordOf(version);
    });
  }

  async function activate(many: readonly Activation[]): Promise<readonly FunctionRecord[]> {
    return alone(async () => {
      const { table } = store;
      const chosen = many.map((activation) => chooseVersion(table, activation, Date.now()));
      await store.save(withLive(table, chosen));
      fleet?.run(chosen.filter(({ slug, version }) => table.live[slug]?.version !== version));
      // What stays behind is swept the next time.
      await store.sweep().catch(() => {});
      return chosen.map(recordOf);
    });
  }

  return {
    stage,
    activate,
    async start() {
      const deno = readDenoBinary();
      await store.load();
      socketDir = await openSocketDir(options.dir);
      await writeFile(join(options.dir, "prelude.js"), preludeSource, { mode: 0o600 });
      fleet = new FunctionFleet({
        deno,
        socketDir,
        dir: options.dir,
        limits: { ...hostedLimits, ...options.limits },
        bundlePath: (sha256) => store.blobPath(sha256),
        functionEnv: ({ id, slug, version }) => ({
          DENO_DEPLOYMENT_ID: `${options.projectRef ?? "local"}_${id}_${version}`,
          ...options.functionEnv(slug, version),
        }),
        deniedPorts: options.deniedPorts ?? (() => []),
        log: options.log,
      });
      fleet.run(Object.values(store.table.live));
      // Starts esbuild's service, so that the first deploy does not wait for it.
      void import("esbuild").then(({ transform }) => transform("", { logLevel: "silent" })).catch(() => {});
    },
    async stop() {
      await fleet?.stop();
      await writing;
      if (socketDir != null) await rm(socketDir, { recursive: true, force: true });
    },
    async serve(request, response, slug) {
      const slot = fleet?.slot(slug);
      if (slot == null) return sendFault(response, faults.notFound);
      if (!methods.has(request.method ?? "")) return sendFault(response, faults.method);
      const worker = await slot.acquire();
      if (worker == null) return sendFault(response, faults.boot);
      if (response.destroyed) return worker.end();
      await forward(request, response, worker);
    },
    verifyJwt: (slug) => store.table.live[slug]?.verifyJwt ?? null,
    list: () => Object.values(store.table.live).map(recordOf),
    configure: (slug, settings) =>
      alone(async () => {
        const live = store.table.live[slug];
        if (live == null) return null;
        const version = { ...live, ...settings, version: live.version + 1, updatedAt: Date.now() };
        await store.save(withLive(store.table, [version]));
        fleet?.run([version]);
        return recordOf(version);
      }),
    remove: (slug) =>
      alone(async () => {
        if (store.table.live[slug] == null) return false;
        await store.save(withoutLive(store.table, slug));
        fleet?.remove(slug);
        return true;
      }),
    async readBody(slug) {
      const live = store.table.live[slug];
      if (live == null) return null;
      const [bundle, files] = await Promise.all([
        readFile(store.blobPath(live.sha256)),
        store.readSources(live),
      ]);
      return { record: recordOf(live), bundle, files };
    },
    restart(slugs = fleet?.slugs() ?? []) {
      fleet?.run(slugs.flatMap((slug) => store.table.live[slug] ?? []));
    },
  };
}
