import { existsSync } from "node:fs";
import { join } from "node:path";
import { corruptData } from "../failure.ts";
import type { LogLine } from "../identity.ts";
import { type Child, type ChildExit, spawnChild } from "../process/child.ts";
import { ensureOwner, type RunAs } from "./run-as.ts";
import type { PostgresRuntime } from "./runtime.ts";
import { judgeStartFailure } from "./start-failure.ts";

export interface PostgresServer {
  readonly port: number;
  readonly pid: number;
  /** Settles when the server is gone, asked or not. */
  readonly exited: Promise<ChildExit>;
  /** Fast shutdown: sessions are ended, everything is on disk. */
  stop(): Promise<void>;
}

interface PostgresOptions {
  readonly runtime: PostgresRuntime;
  readonly runAs: RunAs;
  readonly dataDir: string;
  /** On 127.0.0.1. BEE-E403 when it is taken. */
  readonly port: number;
  /**
   * False: commits do not wait for the disk, and a machine that loses power loses the data; a killed process does not.
   * By default true unless BEE_LOCAL_FSYNC is `off`, which suits CI.
   */
  readonly durable?: boolean;
  readonly log: LogLine;
}

const settings: readonly string[] = [
  "listen_addresses=127.0.0.1",
  "unix_socket_directories=",
  "timezone=UTC",
  "log_timezone=UTC",
  "log_line_prefix=%p %u@%d ",
  "shared_preload_libraries=pg_stat_statements",
  "wal_level=logical",
  "max_replication_slots=8",
  // A replication slot left behind must not fill the disk.
  "max_slot_wal_keep_size=512MB",
];

const carefree: readonly string[] = ["fsync=off", "full_page_writes=off"];

/** Starts Postgres on a data folder and waits until it takes connections. Throws BEE-E402 … E405. */
export async function startPostgres(options: PostgresOptions): Promise<PostgresServer> {
  const { runtime, runAs, dataDir, port, log, durable = process.env["BEE_LOCAL_FSYNC"] !== "off" } = options;
  if (!existsSync(join(dataDir, "PG_VERSION"))) throw corruptData(dataDir, "PG_VERSION is missing.");
  await ensureOwner(dataDir, runAs);

  const first: string[] = [];
  let markReady = () => {};
  const accepting = new Promise<void>((resolve) => {
    markReady = resolve;
  });
  const child = await spawnChild(
    {
      file: runtime.postgres,
      args: [
        ...["-D", dataDir, "-p", String(port)],
        ...[...settings, ...(durable ? [] : carefree)].flatMap((setting) => ["-c", setting]),
      ],
      env: { PATH: process.env["PATH"] ?? "" },
    },
    {
      wrap: runAs.wrap,
      deathSignal: "SIGINT",
      onLine: (line) => {
        if (first.length < 200) first.push(line);
        if (line.includes("ready to accept connections")) markReady();
        log(levelOf(line), line);
      },
    },
  );
  const failed = child.exited.then(() => {
    throw judgeStartFailure(first, dataDir);
  });
  await Promise.race([accepting, failed]);
  failed.catch(() => {});
  return asServer(child, port);
}

function asServer(child: Child, port: number): PostgresServer {
  return { port, pid: child.pid, exited: child.exited, stop: () => child.stop("SIGINT", 5000) };
}

function levelOf(line: string): "debug" | "info" | "warn" | "error" {
  if (/\b(ERROR|FATAL|PANIC): {2}/.test(line)) return "error";
  if (/\bWARNING: {2}/.test(line)) return "warn";
  return /\b(DEBUG\d?|STATEMENT|DETAIL|HINT|CONTEXT): {2}/.test(line) ? "debug" : "info";
}
