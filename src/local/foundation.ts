import pg from "pg";
import { type BoundServer, bindServer } from "./http/bind.ts";
import type { Identity, TokenVerifier } from "./identity.ts";
import { openIdentity } from "./identity-store.ts";
import type { LogFiles } from "./logs/log-files.ts";
import type { LocalPaths } from "./paths.ts";
import { type LocalDatabase, openDatabase } from "./postgres/database.ts";
import type { ChildRecord } from "./process/leftovers.ts";
import { readLastPorts } from "./state.ts";
import { createTokenVerifier } from "./tokens.ts";

export interface PlatformOptions {
  readonly paths: LocalPaths;
  readonly logs: LogFiles;
  readonly children: ChildRecord;
  readonly onProgress: (message: string) => void;
}

/** What to call, last one first, to end what was started. */
export type Stops = (() => Promise<unknown>)[];

/** What every part stands on. */
export interface Foundation extends PlatformOptions {
  readonly identity: Identity;
  readonly verify: TokenVerifier;
  /** Bound, so that its URL is known; answers once the parts do. */
  readonly gateway: BoundServer;
  readonly api: BoundServer;
  readonly database: LocalDatabase;
  /** As supabase_admin. */
  readonly superuser: pg.Pool;
  /** As postgres. */
  readonly postgres: pg.Pool;
}

/** Identity, ports and a running database. `onDatabaseRestarted` is called after Postgres died and came back. */
export async function openFoundation(
  options: PlatformOptions,
  stops: Stops,
  onDatabaseRestarted: () => void,
): Promise<Foundation> {
  const { paths, logs, children, onProgress } = options;
  const last = readLastPorts(paths.state);
  const identity = await openIdentity(paths.identity, paths.data);
  const [verify, gateway, api] = await Promise.all([
    createTokenVerifier(identity),
    bindServer(last.gateway),
    bindServer(last.management),
  ]);
  stops.push(() => Promise.all([gateway.close(), api.close()]));
  const database = await openDatabase({
    dataDir: paths.data,
    password: identity.dbPassword,
    ...(last.postgres == null ? {} : { preferredPort: last.postgres }),
    children,
    log: logs.open("postgres"),
    onProgress,
    onRestarted: onDatabaseRestarted,
  });
  stops.push(() => database.server.pause());
  const superuser = openPool(database.url("supabase_admin"), stops);
  const postgres = openPool(database.url("postgres"), stops);
  return { ...options, identity, verify, gateway, api, database, superuser, postgres };
}

/** A pool that outlives restarts of Postgres. */
function openPool(connectionString: string, stops: Stops): pg.Pool {
  const pool = new pg.Pool({ connectionString, max: 10, application_name: "bee-local" });
  // An idle connection that breaks is replaced at the next use.
  pool.on("error", () => {});
  stops.push(() => pool.end());
  return pool;
}
