import { renderAuthConfig } from "./auth-config.ts";
import type { ManagementDeps } from "./deps.ts";
import type { RouteTable } from "./router.ts";

/** Settings as pg_settings shows them, under the names of PostgresConfigResponse. */
const postgresSettings = [
  "effective_cache_size",
  "logical_decoding_work_mem",
  "maintenance_work_mem",
  "max_connections",
  "max_locks_per_transaction",
  "max_parallel_maintenance_workers",
  "max_parallel_workers",
  "max_parallel_workers_per_gather",
  "max_replication_slots",
  "max_slot_wal_keep_size",
  "max_standby_archive_delay",
  "max_standby_streaming_delay",
  "max_wal_size",
  "max_wal_senders",
  "max_worker_processes",
  "session_replication_role",
  "shared_buffers",
  "statement_timeout",
  "track_activity_query_size",
  "track_commit_timestamp",
  "wal_keep_size",
  "wal_sender_timeout",
  "work_mem",
];

/** What the REST server is started with; the same as on a new hosted project. */
const restConfig = {
  db_schema: "public,graphql_public",
  max_rows: 1000,
  db_extra_search_path: "public, extensions",
};

/** Settings as they are here. There is no pooler, no storage server, no TLS and nothing but loopback. */
export function configRoutes(deps: ManagementDeps): RouteTable {
  const path = "/v1/projects/{ref}";
  return {
    [`GET ${path}/config/auth`]: async () => ({ status: 200, body: renderAuthConfig() }),
    [`GET ${path}/postgrest`]: async () => ({
      status: 200,
      body: { ...restConfig, db_pool: null, jwt_secret: deps.identity.jwtSecret },
    }),
    [`GET ${path}/ssl-enforcement`]: async () => ({
      status: 200,
      body: { currentConfig: { database: false }, appliedSuccessfully: true },
    }),
    [`GET ${path}/network-restrictions`]: async () => ({
      status: 200,
      body: {
        entitlement: "disallowed",
        config: { dbAllowedCidrs: ["127.0.0.1/32"], dbAllowedCidrsV6: [] },
        status: "applied",
      },
    }),
    [`POST ${path}/network-bans/retrieve`]: async () => ({
      status: 201,
      body: { banned_ipv4_addresses: [] },
    }),
    [`GET ${path}/config/database/pooler`]: async () => ({ status: 200, body: [] }),
    [`GET ${path}/config/database/postgres`]: async () => {
      const { rows } = await deps.postgres.query<{ name: string; vartype: string; shown: string }>(
        "select name, vartype, current_setting(name) as shown from pg_settings where name = any($1) order by name",
        [postgresSettings],
      );
      const entries = rows.map(({ name, vartype, shown }) => {
        const typed =
          vartype === "bool"
            ? shown === "on"
            : /^-?\d+$/.test(shown) && name.startsWith("max_")
              ? Number(shown)
              : shown;
        return [name, typed];
      });
      return { status: 200, body: Object.fromEntries(entries) };
    },
    [`GET ${path}/config/storage`]: async () => ({
      status: 200,
      body: {
        fileSizeLimit: 0,
        features: {
          imageTransformation: { enabled: false },
          s3Protocol: { enabled: false },
          icebergCatalog: { enabled: false, maxNamespaces: 0, maxTables: 0, maxCatalogs: 0 },
          vectorBuckets: { enabled: false, maxBuckets: 0, maxIndexes: 0 },
        },
        capabilities: { list_v2: false, iceberg_catalog: false },
        external: { upstreamTarget: "main" },
        migrationVersion: "",
        databasePoolMode: "",
      },
    }),
    [`GET ${path}/readonly`]: async () => ({
      status: 200,
      body: { enabled: false, override_enabled: false, override_active_until: "" },
    }),
  };
}
