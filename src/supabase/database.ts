import type { Pool, PoolClient, QueryConfig } from "pg";
import type { BeeError } from "../core/bee-error.ts";
import type { Secret } from "../core/secret.ts";
import { describeConnectFailure } from "./database-error.ts";
import { parseDatabaseUrl } from "./database-url.ts";

interface DatabaseOptions {
  readonly url: Secret;
  /** PEM of a CA to trust besides the public ones and Supabase's own. Only for hosts beyond loopback. */
  readonly ca?: string;
  readonly applicationName?: string;
  readonly connectTimeoutMs?: number;
}

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
export function connectDatabase(options: DatabaseOptions): Database {
  const address = parseDatabaseUrl(options.url);
  let pool: Promise<Pool> | null = null;

  async function open(): Promise<Pool> {
    const { default: pg } = await import("pg");
    const { loopback, ...where } = address;
    const opened = new pg.Pool({
      ...where,
      ssl: loopback ? false : await tlsOptions(address.host, options.ca),
      application_name: options.applicationName ?? "bee",
      connectionTimeoutMillis: options.connectTimeoutMs ?? 10_000,
      keepAlive: true,
      keepAliveInitialDelayMillis: 10_000,
      max: 3,
      idleTimeoutMillis: 30_000,
      allowExitOnIdle: true,
    });
    // An idle session that dies is replaced at the next use; without a listener it would end the process.
    opened.on("error", () => {});
    return opened;
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
    try {
      return await work(session);
    } finally {
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
      await opened?.end();
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
