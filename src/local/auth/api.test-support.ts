import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type RealtimeClientOptions, type SupabaseClient } from "@supabase/supabase-js";
import pg from "pg";
import ws from "ws";
import { startTestPostgres } from "../../../tests/support/postgres.ts";
import { bindServer } from "../http/bind.ts";
import { serveHandler, splitTarget } from "../http/handler-server.ts";
import type { Identity, TokenVerifier } from "../identity.ts";
import { openIdentity } from "../identity-store.ts";
import { createTokenVerifier } from "../tokens.ts";
import { createAuth } from "./auth.ts";

export interface LogRecord {
  readonly level: string;
  readonly message: string;
  readonly fields: Readonly<Record<string, unknown>> | undefined;
}

export interface TestApi {
  readonly url: string;
  readonly identity: Identity;
  readonly verify: TokenVerifier;
  readonly server: import("node:http").Server;
  /** As supabase_admin. */
  readonly pool: pg.Pool;
  readonly adminUrl: string;
  /** As `postgres`, who owns the app's tables. */
  readonly ownerUrl: string;
  readonly logged: LogRecord[];
  readonly log: (level: string, message: string, fields?: Record<string, unknown>) => void;
  /** A client of its own, with the anon key unless told otherwise. */
  client(key?: string): SupabaseClient;
  post(path: string, body: unknown, headers?: Readonly<Record<string, string>>): Promise<Response>;
  stop(): Promise<void>;
}

/** The JSON object of a reply. */
export async function readBody(reply: Response): Promise<Readonly<Record<string, unknown>>> {
  return (await reply.json()) as Record<string, unknown>;
}

/** The auth server on a database of its own, behind plain HTTP on a free port; for tests. */
export async function startTestApi(): Promise<TestApi> {
  const postgres = await startTestPostgres();
  const database = await postgres.createDatabase();
  const dir = await mkdtemp(join(tmpdir(), "bee-test-api-"));
  const identity = await openIdentity(join(dir, "identity.json"), join(dir, "data"));
  const verify = await createTokenVerifier(identity);
  const pool = new pg.Pool({ connectionString: database.adminUrl, max: 10 });
  pool.on("error", () => {});
  const logged: LogRecord[] = [];
  const log = (level: string, message: string, fields?: Record<string, unknown>) => {
    logged.push({ level, message, fields });
  };
  const bound = await bindServer();
  const auth = createAuth({
    pool,
    identity,
    issuer: `${bound.url}/auth/v1`,
    verify,
    log,
    passwordCost: 4,
  });
  bound.server.on("request", (request, response) => {
    const { path, query } = splitTarget(request.url ?? "/");
    void serveHandler(request, response, {
      handler: auth,
      path: path.replace(/^\/auth\/v1/, ""),
      query,
      maxBytes: 2_097_152,
    });
  });
  return {
    url: bound.url,
    identity,
    verify,
    server: bound.server,
    pool,
    adminUrl: database.adminUrl,
    ownerUrl: database.url,
    logged,
    log,
    client: (key = identity.anonKey) => createTestClient(bound.url, key),
    post: (path, body, headers = {}) =>
      fetch(`${bound.url}/auth/v1${path}`, {
        method: "POST",
        headers: { "content-type": "application/json", ...headers },
        body: typeof body === "string" ? body : JSON.stringify(body),
      }),
    async stop() {
      await bound.close();
      await pool.end();
      await database.drop();
      await postgres.stop();
      await rm(dir, { recursive: true, force: true });
    },
  };
}

function createTestClient(url: string, key: string): SupabaseClient {
  return createClient(url, key, {
    auth: { persistSession: false, autoRefreshToken: false, detectSessionInUrl: false },
    // Node 20 has no WebSocket of its own; ws has the browser's shape under types of its own.
    realtime: { transport: ws as unknown as NonNullable<RealtimeClientOptions["transport"]> },
  });
}
