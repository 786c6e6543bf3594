import { chmod, stat } from "node:fs/promises";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Secret } from "../core/secret.ts";
import type { InvocationResult, RunInvocation } from "./invocation.ts";

/** Where a dump is taken from. */
export interface DumpAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: Secret;
  readonly database: string;
  readonly loopback: boolean;
  /** PEM file of the authorities to trust; beyond loopback nothing is dumped without. */
  readonly rootsFile: string;
}

export interface DumpInput {
  readonly run: RunInvocation;
  readonly address: DumpAddress;
  /** Such as `public`; the platform's schemas are the platform's to back up. */
  readonly schemas: readonly string[];
  /** In pg_dump's custom format; readable by its owner alone. */
  readonly file: string;
  readonly signal?: AbortSignal;
}

export interface Dump {
  readonly file: string;
  readonly bytes: number;
  readonly durationMs: number;
}

/** Throws BEE-E840 when pg_dump is not there, BEE-E364 when it fails. */
export async function dumpDatabase({ run, address, schemas, file, signal }: DumpInput): Promise<Dump> {
  const { host, port, user, password, loopback, database, rootsFile } = address;
  // Certificate chain and host name are checked, as bee's own sessions do.
  const tls = loopback ? { PGSSLMODE: "prefer" } : { PGSSLMODE: "verify-full", PGSSLROOTCERT: rootsFile };
  const result = await run(
    {
      file: "pg_dump",
      args: [
        ...[`--host=${host}`, `--port=${port}`, `--username=${user}`, "--no-password"],
        ...["--format=custom", `--file=${file}`, "--lock-wait-timeout=30s"],
        ...schemas.map((schema) => `--schema=${quoteSchema(schema)}`),
        database,
      ],
      env: { PGPASSWORD: password, PGAPPNAME: "bee", ...tls },
      effect: "read",
      timeoutMs: 6 * 3_600_000,
    },
    signal,
  );
  if (result.exitCode !== 0) throw failed(result);
  await chmod(file, 0o600);
  return { file, bytes: (await stat(file)).size, durationMs: result.durationMs };
}

/** Why the pg_dump here cannot dump such a server; null when it can. */
export async function findDumpObstacle(run: RunInvocation, server: number): Promise<string | null> {
  const major = await readDumpTool(run);
  if (major == null) return "pg_dump is not on the PATH";
  if (major >= server) return null;
  return `pg_dump here is version ${major}, the server is Postgres ${server}: it refuses newer servers`;
}

/** 15 of `pg_dump (PostgreSQL) 15.18 (Debian …)`; null when the program is not there. */
async function readDumpTool(run: RunInvocation): Promise<number | null> {
  try {
    const { stdout } = await run({
      file: "pg_dump",
      args: ["--version"],
      effect: "read",
      timeoutMs: 20_000,
    });
    return Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1] ?? 0);
  } catch (error) {
    if (error instanceof BeeError && error.code === "BEE-E840") return null;
    throw error;
  }
}

/** pg_dump takes patterns: quoted, a name stands for itself. */
function quoteSchema(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`;
}

function failed({ stderr, exitCode }: InvocationResult): BeeError {
  const lines = stderr.trim().split("\n");
  return new BeeError({
    code: "BEE-E364",
    message: `pg_dump failed: ${lines[0] || `exit code ${exitCode}`}`,
    detail: `${lines.slice(0, 12).join("\n")}\nNothing was changed; there is no dump.`,
    hint: "See what it says above. Without dumps: dumps.take: never in bee.config.yaml.",
    exit: exitCodes.rollbackFailed,
  });
}
