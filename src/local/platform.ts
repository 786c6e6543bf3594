import { statSync } from "node:fs";
import { join } from "node:path";
import pg from "pg";
import { createAuth } from "./auth/auth.ts";
import { assembleFunctionEnv } from "./function-env.ts";
import { createFunctionsRuntime } from "./functions/runtime.ts";
import { serveGateway } from "./gateway/gateway.ts";
import { createUpstream } from "./gateway/proxy.ts";
import { bindServer } from "./http/bind.ts";
import { serveHandler, splitTarget } from "./http/handler-server.ts";
import { openIdentity } from "./identity-store.ts";
import type { LogFiles } from "./logs/log-files.ts";
import { readLogs } from "./logs/read-logs.ts";
import { createManagement } from "./management/management.ts";
import { openSecretsFile } from "./management/secrets-file.ts";
import { closedRealtime } from "./parts.ts";
import type { LocalPaths } from "./paths.ts";
import { createLocalBackups } from "./postgres/backups.ts";
import { openDatabase } from "./postgres/database.ts";
import { findPostgrest } from "./postgrest/binary.ts";
import { openRest } from "./postgrest/rest.ts";
import type { ChildRecord } from "./process/leftovers.ts";
import { renderProfile } from "./profile.ts";
import { type LocalState, readLastPorts } from "./state.ts";
import { createTokenVerifier } from "./tokens.ts";
import { writePrivate } from "./write-private.ts";

export interface PlatformOptions {
  readonly paths: LocalPaths;
  readonly logs: LogFiles;
  readonly children: ChildRecord;
  readonly onProgress: (message: string) => void;
}

export interface Platform {
  readonly state: LocalState;
  stop(): Promise<void>;
}

type Stop = () => Promise<unknown>;

/** bcrypt cost of passwords. Hosted uses 10, 70 ms of CPU per sign-in; nothing here depends on it. */
const passwordCost = 6;
const maxManagementBytes = 64 * 1024 * 1024;

/** Starts every part, what can at the same time, and writes the state when all of them serve. */
export async function startPlatform(options: PlatformOptions): Promise<Platform> {
  const stops: Stop[] = [];
  const stop = async () => {
    for (const end of stops.splice(0).reverse()) await end();
  };
  try {
    return { state: await startParts(options, stops), stop };
  } catch (error) {
    await stop();
    throw error;
  }
}

async function startParts(
  { paths, logs, children, onProgress }: PlatformOptions,
  stops: Stop[],
): Promise<LocalState> {
  const last = readLastPorts(paths.state);
  const findingBinary = findPostgrest();
  findingBinary.catch(() => {});
  const identity = await openIdentity(paths.identity);
  const verify = await createTokenVerifier(identity);
  const gateway = await bindServer(last.gateway);
  stops.push(() => gateway.close());
  const api = await bindServer(last.management);
  stops.push(() => api.close());

  const database = await openDatabase({
    dataDir: paths.data,
    password: identity.dbPassword,
    ...(last.postgres == null ? {} : { preferredPort: last.postgres }),
    children,
    log: logs.open("postgres"),
    onProgress,
    onRestarted: () => void restartClients(),
  });
  stops.push(() => database.server.pause());
  const dbUrl = database.url("postgres");
  const superuser = openPool(database.url("supabase_admin"), stops);
  const postgres = openPool(dbUrl, stops);

  const platformEnv = () => assembleFunctionEnv(identity, gateway.url, dbUrl);
  const secrets = openSecretsFile(join(paths.root, "secrets.json"));
  const functions = createFunctionsRuntime({
    dir: paths.functions,
    functionEnv: () => ({ ...secrets.values(), ...platformEnv() }),
    gatewayPort: gateway.port,
    projectRef: identity.projectRef,
    deniedPorts: () => [api.port],
    log: logs.open("functions"),
  });
  const realtime = closedRealtime;

  onProgress("starting PostgREST, realtime and functions");
  stops.push(() => Promise.all([functions.stop(), realtime.stop()]));
  const openingRest = findingBinary.then((binary) =>
    openRest({
      identity,
      binary,
      dbUrl: database.url("authenticator"),
      runDir: paths.run,
      children,
      log: logs.open("postgrest"),
      onOpen: (server) => stops.push(() => server.pause()),
    }),
  );
  const [rest] = await allSettled([openingRest, functions.start(), realtime.start()]);

  const stopClients = () => Promise.all([rest.server.pause(), realtime.stop()]);
  const startClients = () => Promise.all([rest.server.resume(), realtime.start()]);
  const restartClients = async () => {
    await stopClients();
    await startClients();
  };
  const upstream = createUpstream(rest.socket);
  stops.push(async () => upstream.close());
  const auth = createAuth({
    pool: superuser,
    identity,
    issuer: `${gateway.url}/auth/v1`,
    verify,
    log: logs.open("auth"),
    passwordCost,
  });
  serveGateway(gateway.server, {
    identity,
    verify,
    rest: upstream,
    auth,
    realtime,
    functions,
    readHealth: () => ({ db: database.server.current != null, rest: rest.server.current != null }),
    log: logs.open("gateway"),
  });
  const management = createManagement({
    identity,
    project: () => ({
      name: "local",
      createdAt: statSync(paths.identity).birthtime.toISOString(),
      postgresVersion: /^\d+\.\d+/.exec(database.packageVersion)?.[0] ?? database.packageVersion,
      apiUrl: gateway.url,
      dbPort: database.port,
    }),
    superuser,
    postgres,
    functions,
    secrets,
    platformEnv,
    backups: createLocalBackups({
      dir: paths.backups,
      dataDir: paths.data,
      adminUrl: database.url("supabase_admin"),
      whileStopped: async (swap) => {
        await stopClients();
        await database.server.pause();
        await swap();
        await database.server.resume();
        await startClients();
      },
    }),
    readLogs: (from, to) => {
      logs.flush();
      return readLogs(paths.logs, { from, to });
    },
    health: {
      db: () => ping(superuser, "select 1"),
      db_postgres_user: () => ping(postgres, "select 1"),
      auth: () => ping(superuser, "select from auth.users limit 1"),
      rest: () => upstream.ping("/"),
    },
    log: logs.open("management"),
    now: () => new Date(),
    rateLimit: { perMinute: null },
  });
  api.server.on("request", (request, response) => {
    const target = splitTarget(request.url ?? "/");
    void serveHandler(request, response, { handler: management, ...target, maxBytes: maxManagementBytes });
  });

  const state: LocalState = {
    url: gateway.url,
    managementUrl: api.url,
    projectRef: identity.projectRef,
    accessToken: identity.accessToken,
    anonKey: identity.anonKey,
    serviceRoleKey: identity.serviceRoleKey,
    publishableKey: identity.publishableKey,
    secretKey: identity.secretKey,
    dbUrl,
    profile: paths.profile,
    pid: process.pid,
    startedAt: new Date().toISOString(),
  };
  writePrivate(paths.profile, renderProfile(api.url));
  writePrivate(paths.state, `${JSON.stringify(state, null, 2)}\n`);
  return state;
}

/** A pool that outlives restarts of Postgres. */
function openPool(connectionString: string, stops: Stop[]): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 10, application_name: "bee-local" });
  // An idle connection that breaks is replaced at the next use.
  pool.on("error", () => {});
  stops.push(() => pool.end());
  return pool;
}

async function ping(pool: pg.Pool, sql: string): Promise<void> {
  await pool.query(sql);
}

/** Like Promise.all, but waits for all before it fails, so that what was started can be stopped. */
async function allSettled<T extends readonly unknown[]>(
  promises: readonly [...{ [K in keyof T]: Promise<T[K]> }],
): Promise<T> {
  const results = await Promise.allSettled(promises);
  for (const result of results) if (result.status === "rejected") throw result.reason;
  return results.map((result) => (result.status === "fulfilled" ? result.value : null)) as unknown as T;
}
