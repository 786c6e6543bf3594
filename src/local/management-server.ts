import { statSync } from "node:fs";
import type pg from "pg";
import type { Foundation } from "./foundation.ts";
import { serveHandler, splitTarget } from "./http/handler-server.ts";
import { readLogs } from "./logs/read-logs.ts";
import type { HealthProbes } from "./management/deps.ts";
import { createManagement } from "./management/management.ts";
import { readRateLimit } from "./management/rate-limit.ts";
import type { Parts } from "./parts.ts";
import { createLocalBackups } from "./postgres/backups.ts";

/** A deploy uploads the sources of all functions in one request. */
const maxBytes = 64 * 1024 * 1024;

/** Answers the Management API on its own port. */
export function serveManagement(base: Foundation, parts: Parts): void {
  const { paths, logs, identity, api, database, superuser, postgres } = base;
  const { functions, secrets, platformEnv, rest, realtime } = parts;
  const backups = createLocalBackups({
    dir: paths.backups,
    dataDir: paths.data,
    adminUrl: database.url("supabase_admin"),
    whileStopped: async (swap) => {
      await Promise.all([rest.server.pause(), realtime.stop()]);
      await database.server.pause();
      await swap();
      await database.server.resume();
      await Promise.all([rest.server.resume(), realtime.start()]);
    },
  });
  const handler = createManagement({
    identity,
    project: () => ({
      name: "local",
      createdAt: statSync(paths.identity).birthtime.toISOString(),
      postgresVersion: /^\d+\.\d+/.exec(database.packageVersion)?.[0] ?? database.packageVersion,
    }),
    superuser,
    postgres,
    functions,
    secrets,
    platformEnv,
    backups,
    readLogs: (from, to) => {
      logs.flush();
      return readLogs(paths.logs, { from, to });
    },
    health: assembleProbes(base, parts),
    log: logs.open("management"),
    now: () => new Date(),
    rateLimit: { perMinute: readRateLimit(process.env) },
  });
  api.server.on("request", (request, response) => {
    const target = splitTarget(request.url ?? "/");
    void serveHandler(request, response, { handler, ...target, maxBytes });
  });
}

function assembleProbes({ superuser, postgres }: Foundation, { upstream }: Parts): HealthProbes {
  return {
    db: () => requireAnswer(superuser, "select 1"),
    db_postgres_user: () => requireAnswer(postgres, "select 1"),
    auth: () => requireAnswer(superuser, "select from auth.users limit 1"),
    rest: () => upstream.ping("/"),
    realtime: () => requireStream(superuser),
  };
}

async function requireAnswer(pool: pg.Pool, sql: string): Promise<void> {
  await pool.query(sql);
}

/** Realtime holds its replication slot while changes flow. */
async function requireStream(pool: pg.Pool): Promise<void> {
  const sql = "select from pg_replication_slots where starts_with(slot_name, 'bee_rt_') and active";
  const { rowCount } = await pool.query(sql);
  if (rowCount === 0) throw new Error("changes do not flow");
}
