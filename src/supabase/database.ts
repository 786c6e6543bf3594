import { setTimeout as sleep } from "node:timers/promises";
import type { Pool, PoolClient, QueryConfig } from "pg";
import type { BeeError } from "../core/bee-error.ts";
import type { Secret } from "../core/secret.ts";
import { describeConnectFailure } from "./database-error.ts";
import { parseDatabaseUrl } from "./database-url.ts";
import { watchSession } from "./session-watch.ts";

interface DatabaseOptions {
  readonly url: Secret;
  /** PEM of a CA to trust besides the public ones and Supabase's own. Only for hosts beyond loopback. */
  readonly ca?: string;
  readonly applicationName?: string;
  readonly connectTimeoutMs?: number;
  /** A server that owes an answer is asked after when it was silent for this long. */
  readonly silenceMs?: number;
  /** Sessions at once; 3 by default. */
  readonly poolSize?: number;
}

/** For a polite goodbye; a peer that does not answer it is left. */
const closeMs = 2_000;

export type Session = PoolClient;

/** Sessions of one database. Nothing connects before the first use. */
export interface Database {
  /** One statement by the extended protocol, in a transaction of its own. */
  query<Row extends object>(sql: string, params?: readonly unknown[]): Promise<readonly Row[]>;
  /** A session for `work` alone; one that broke or was left inside a transaction is not used again. */
  withSession<T>(work: (session: Session) => Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** Throws BEE-E320 at once for a URL that cannot be used; BEE-E321 … E325 at first use when nobody answers. */
export function connectDatabase(given: DatabaseOptions): Database {
  const { connectTimeoutMs = 10_000, silenceMs = 30_000 } = given;
  const address = parseDatabaseUrl(given.url);
  let pool: Promise<Pool> | null = null;

  /** Backend ids as the server counts them; a pooler may tell the client others. */
  const backends = new WeakMap<PoolClient, number>();

  async function options() {
    const { loopback, ...where } = address;
    return {
      ...where,
      ssl: loopback ? false : await tlsOptions(address.host, given.ca),
      application_name: given.applicationName ?? "bee",
      connectionTimeoutMillis: connectTimeoutMs,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
    };
  }

  async function open(): Promise<Pool> {
    const { default: pg } = await import("pg");
    const opened = new pg.Pool({
      ...(await options()),
      max: given.poolSize ?? 3,
      idleTimeoutMillis: 30_000,
      allowExitOnIdle: true,
    });
    // An idle session that dies is replaced at the next use; without a listener it would end the process.
    opened.on("error", () => {});
    opened.on("connect", (client) => {
      client.query<{ pid: number }>("select pg_backend_pid() as pid").then(
        ({ rows }) => backends.set(client, rows[0]?.pid ?? 0),
        () => {},
      );
    });
    return opened;
  }

  async function isAtWork(session: PoolClient): Promise<boolean> {
    const { default: pg } = await import("pg");
    const other = new pg.Client({ ...(await options()), query_timeout: connectTimeoutMs });
    other.on("error", () => {});
    try {
      await other.connect();
      const { rowCount } = await other.query(
        "select from pg_stat_activity where pid = $1 and state = 'active'",
        [backends.get(session) ?? 0],
      );
      return rowCount === 1;
    } finally {
      other.end().catch(() => {});
    }
  }

  async function connect(): Promise<PoolClient> {
    pool ??= open();
    try {
      return await (await pool).connect();
    } catch (error) {
      throw describeConnectFailure(error, address) satisfies BeeError;
    }
  }

  async function withSession<T>(work: (session: Session) => Promise<T>): Promise<T> {
    const session = await connect();
    const ignore = () => {};
    session.on("error", ignore);
    const unwatch = watchSession(session, { silenceMs, isAtWork: () => isAtWork(session) });
    try {
      return await work(session);
    } finally {
      unwatch();
      session.off("error", ignore);
      session.release(session.getTransactionStatus() !== "I");
    }
  }

  return {
    withSession,
    query: (sql, params) => withSession((session) => runStatement(session, sql, params)),
    async close() {
      const opened = await pool?.catch(() => null);
      pool = null;
      const closed = new AbortController();
      const late = sleep(closeMs, undefined, { signal: closed.signal }).catch(() => undefined);
      await Promise.race([opened?.end(), late]);
      closed.abort();
    },
  };
}

/** One statement by the extended protocol, which refuses text that holds several. */
export async function runStatement<Row extends object>(
  session: Session,
  sql: string,
  params: readonly unknown[] = [],
): Promise<readonly Row[]> {
  const statement: QueryConfig & { queryMode: "extended" } = {
    text: sql,
    values: [...params],
    queryMode: "extended",
  };
  const { rows } = await session.query<Row>(statement);
  return rows;
}

/** Certificate chain and host name are checked, as libpq's sslmode=verify-full does. */
async function tlsOptions(host: string, ca?: string) {
  const { trustedRoots } = await import("./trusted-roots.ts");
  return { rejectUnauthorized: true, host, ca: trustedRoots(ca) };
}
