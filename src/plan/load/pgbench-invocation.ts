import type { Secret } from "../../core/secret.ts";
import type { Invocation } from "../invocation.ts";
import type { HotQuery } from "./hot-queries.ts";
import type { LoadPlan } from "./result.ts";
import type { Profile } from "./schedule.ts";

/** The first with --max-tries and --failures-detailed. */
const oldestMajor = 15;

/** `pgbench (PostgreSQL) 15.18 (Debian …)`, `… 18beta1` → `15.18`, `18`; null for anything else. */
export function parsePgbenchVersion(text: string): string | null {
  return /^pgbench \(PostgreSQL\) (\d+(?:\.\d+)?)/.exec(text)?.[1] ?? null;
}

export function isPgbenchSupported(version: string): boolean {
  return Number.parseInt(version, 10) >= oldestMajor;
}

/** It keeps one rate throughout. */
export function canPgbench(profile: Profile): boolean {
  return profile === "constant" || profile === "soak";
}

/** Where it connects to; the password is in a file of its own. */
export interface PgbenchConnection {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly database: string;
  readonly loopback: boolean;
  /** Of libpq's form, mode 0600. */
  readonly passFile: string;
  /** PEM of the authorities to trust. */
  readonly rootsFile: string;
}

export interface PgbenchRun {
  readonly plan: LoadPlan;
  /** In the order in which the log counts them. */
  readonly scripts: readonly { readonly file: string; readonly weight: number }[];
  readonly connection: PgbenchConnection;
  readonly clients: number;
  readonly threads: number;
  /** Logs are `<prefix>.<pid>` and, for more threads, `<prefix>.<pid>.<n>`. */
  readonly logPrefix: string;
  /** Made for it, so that no settings of the person's own are read. */
  readonly home: string;
  readonly path: string;
}

/** Beyond the run, for connecting and for what is under way at its end (statement_timeout is 30 s). */
const slackMs = 90_000;

/**
 * Never `-i`, which drops and makes tables, and never without -f, which is TPC-B on them. Arrivals come at a rate,
 * whatever the server does (-R), so latency in the log counts from when a transaction was due; what is late by the limit
 * before it starts is skipped and counted (-L).
 */
export function assemblePgbench({ plan, scripts, connection, ...run }: PgbenchRun): Invocation {
  const { host, port, user, database, loopback, passFile, rootsFile } = connection;
  const seconds = Math.ceil((plan.warmUpMs + plan.durationMs) / 1000);
  const args = [
    "-n",
    ...scripts.flatMap(({ file, weight }) => ["-f", `${file}@${weight}`]),
    ...["-M", "prepared", "-c", String(run.clients), "-j", String(run.threads), "-T", String(seconds)],
    ...["-P", "1", "--progress-timestamp", "-R", String(plan.rate), "-L", String(plan.limitMs)],
    ...["--max-tries=3", "--failures-detailed", "-r", "-l", `--log-prefix=${run.logPrefix}`],
    "--random-seed=42",
  ];
  // Certificate chain and host name are checked, as bee's own sessions do.
  const tls: Readonly<Record<string, string>> = loopback
    ? { PGSSLMODE: "prefer" }
    : { PGSSLMODE: "verify-full", PGSSLROOTCERT: rootsFile };
  return {
    file: "pgbench",
    args,
    effect: "write",
    timeoutMs: seconds * 1000 + slackMs,
    endsWithBee: true,
    env: {
      PATH: run.path,
      HOME: run.home,
      LC_ALL: "C",
      PGHOST: host,
      PGPORT: String(port),
      PGUSER: user,
      PGDATABASE: database,
      PGPASSFILE: passFile,
      PGCONNECT_TIMEOUT: "10",
      PGAPPNAME: "bee loadtest",
      ...tls,
    },
  };
}

/** The one line of a password file. */
export function renderPassFile(password: Secret): string {
  return `*:*:*:*:${password.reveal().replace(/[\\:]/g, "\\$&")}\n`;
}

/**
 * A query as one of the users sends it: their claims, role `authenticated`, row level security, and all of it rolled
 * back. Which user is drawn for each transaction.
 */
export function renderPgbenchScript({ script }: HotQuery, userIds: readonly string[]): string {
  if (!userIds.every((id) => /^[0-9a-f-]{36}$/i.test(id))) throw new TypeError("not a UUID");
  const ids = userIds.map((id) => `'${id}'`).join(",");
  return `\\set n random(1, ${userIds.length})
begin;
select u as user_id, set_config('role', 'authenticated', true) as as_role, set_config('statement_timeout', '30s', true) as until, set_config('request.jwt.claims', json_build_object('sub', u, 'role', 'authenticated')::text, true) as claims from (select (array[${ids}])[:n] as u) as one \\gset
${script};
rollback;
`;
}
