import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { createFunctionsRuntime, type FunctionsRuntime } from "../../src/local/functions/runtime.ts";
import type { HttpReply } from "../../src/local/http/message.ts";
import { openIdentity } from "../../src/local/identity-store.ts";
import type { Backup, LogRow, ManagementDeps } from "../../src/local/management/deps.ts";
import { createManagement } from "../../src/local/management/management.ts";
import { openSecretsFile } from "../../src/local/management/secrets-file.ts";
import { startTestPostgres } from "../support/postgres.ts";

export interface Call {
  readonly query?: string;
  readonly json?: unknown;
  readonly body?: Buffer;
  readonly headers?: Readonly<Record<string, string>>;
}

/** The Management API on real Postgres and real functions; backups and logs are lists of the test. */
export interface Rig {
  readonly ref: string;
  readonly identity: ManagementDeps["identity"];
  readonly dir: string;
  readonly functions: FunctionsRuntime;
  readonly backups: Backup[];
  readonly restored: number[];
  readonly logs: LogRow[];
  readonly postgres: pg.Pool;
  readonly rateLimit: { perMinute: number | null };
  setTime(time: Date): void;
  /** `{ref}` in the path stands for the project's. */
  call(method: string, path: string, call?: Call): Promise<HttpReply>;
  stop(): Promise<void>;
}

export async function startRig(): Promise<Rig> {
  const dir = await mkdtemp(join(tmpdir(), "bee-management-test-"));
  const server = await startTestPostgres();
  const database = await server.createDatabase();
  const identity = await openIdentity(join(dir, "identity.json"), join(dir, "data"));
  const secrets = openSecretsFile(join(dir, "secrets.json"));
  const superuser = new pg.Pool({ connectionString: database.adminUrl, max: 2 });
  const postgres = new pg.Pool({ connectionString: database.url, max: 4 });
  // Dropping the database ends idle sessions.
  for (const pool of [superuser, postgres]) pool.on("error", () => {});
  const functions = createFunctionsRuntime({
    dir: join(dir, "functions"),
    functionEnv: () => ({ ...secrets.values() }),
    log: () => {},
  });
  await functions.start();
  const backups: Backup[] = [];
  const restored: number[] = [];
  const logs: LogRow[] = [];
  const rateLimit: { perMinute: number | null } = { perMinute: null };
  let time = new Date();
  const handler = createManagement({
    identity,
    project: () => ({
      name: "rig",
      createdAt: "2026-01-02T03:04:05.000Z",
      postgresVersion: "17.10",
    }),
    superuser,
    postgres,
    functions,
    secrets,
    platformEnv: () => ({ SUPABASE_URL: "http://127.0.0.1:1" }),
    backups: {
      list: async () => backups,
      create: async (name) => {
        const backup = { id: backups.length + 1, name, takenAt: time.toISOString() };
        backups.unshift(backup);
        return backup;
      },
      restore: async (id) => {
        restored.push(id);
      },
    },
    readLogs: (from, to) => logs.filter(({ at }) => at >= from && at <= to),
    health: {
      db: async () => {
        await postgres.query("select 1");
      },
      rest: async () => {
        throw new Error("refused");
      },
      auth: () => new Promise(() => {}),
    },
    log: () => {},
    now: () => time,
    rateLimit,
  });
  return {
    ref: identity.projectRef,
    identity,
    dir,
    functions,
    backups,
    restored,
    logs,
    postgres,
    rateLimit,
    setTime(next) {
      time = next;
    },
    call: (method, path, { query = "", json, body, headers } = {}) =>
      handler({
        method,
        path: path.replace("{ref}", identity.projectRef),
        query: new URLSearchParams(query),
        headers: {
          authorization: `Bearer ${identity.accessToken}`,
          ...(json === undefined ? {} : { "content-type": "application/json" }),
          ...headers,
        },
        body: body ?? Buffer.from(json === undefined ? "" : JSON.stringify(json)),
      }),
    async stop() {
      await functions.stop();
      await Promise.all([superuser.end(), postgres.end()]);
      await database.drop();
      await server.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

/** A multipart body as the CLI builds it. */
export function multipart(
  files: Readonly<Record<string, string>>,
  metadata: Readonly<Record<string, unknown>>,
): { readonly body: Buffer; readonly headers: Readonly<Record<string, string>> } {
  const boundary = "----formdata-test-0123456789";
  const parts = Object.entries(files).map(
    ([path, text]) =>
      `--${boundary}\r\nContent-Disposition: form-data; name="file"; filename="${path}"\r\nContent-Type: application/octet-stream\r\n\r\n${text}\r\n`,
  );
  const last = `--${boundary}\r\nContent-Disposition: form-data; name="metadata"\r\n\r\n${JSON.stringify(metadata)}\r\n--${boundary}--\r\n`;
  return {
    body: Buffer.from([...parts, last].join("")),
    headers: { "content-type": `multipart/form-data; boundary=${boundary}` },
  };
}
