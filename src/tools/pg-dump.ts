import { chmod, stat } from "node:fs/promises";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Secret } from "../core/secret.ts";
import type { Invocation } from "../plan/invocation.ts";
import type { InvocationResult, RunInvocation } from "./invocation.ts";

/** Where a dump is taken from or brought back to. */
export interface DumpAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: Secret;
  readonly database: string;
  readonly loopback: boolean;
  /** Major version of the server. */
  readonly major: number;
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

/** Throws BEE-E362 when pg_dump is not there or older than the server, BEE-E364 when it fails. */
export async function dumpDatabase({ run, address, schemas, file, signal }: DumpInput): Promise<Dump> {
  const tool = await readToolMajor(run, "pg_dump");
  if (tool < address.major) throw tooOld("pg_dump", tool, address.major);
  const args = [
    "--format=custom",
    `--file=${file}`,
    ...schemas.map((schema) => `--schema=${quoteSchema(schema)}`),
  ];
  const result = await run(invoke("pg_dump", [...args, address.database], address, "read"), signal);
  if (result.exitCode !== 0)
    throw failed("pg_dump", result, "Nothing was changed; the file is not a backup.");
  await chmod(file, 0o600);
  return { file, bytes: (await stat(file)).size, durationMs: result.durationMs };
}

export interface RestoreDumpInput {
  readonly run: RunInvocation;
  readonly address: DumpAddress;
  readonly file: string;
  readonly signal?: AbortSignal;
}

/**
 * Replaces the dumped schemas' objects in one transaction: all of it or nothing. Throws BEE-E362 for a pg_restore that
 * cannot read the file, BEE-E363 for a dump of another Postgres (nothing is touched in both cases), BEE-E364.
 */
export async function restoreDump({ run, address, file, signal }: RestoreDumpInput): Promise<number> {
  await readToolMajor(run, "pg_restore");
  const major = await readDumpMajor(run, file);
  if (major !== address.major) throw otherMajor(file, major, address.major);
  const args = [
    "--single-transaction",
    "--exit-on-error",
    "--clean",
    "--if-exists",
    `--dbname=${address.database}`,
  ];
  const result = await run(invoke("pg_restore", [...args, file], address, "write"), signal);
  if (result.exitCode !== 0)
    throw failed("pg_restore", result, "Everything was taken back: the target is as it was.");
  return result.durationMs;
}

/** Of the server a dump was taken from. */
export async function readDumpMajor(run: RunInvocation, file: string): Promise<number> {
  const result = await run({ file: "pg_restore", args: ["--list", file], effect: "read" });
  const found = /Dumped from database version: (\d+)/.exec(result.stdout)?.[1];
  if (result.exitCode === 0 && found != null) return Number(found);
  const old = /unsupported version/.test(result.stderr);
  throw new BeeError({
    code: "BEE-E362",
    message: old
      ? `${file} was written by a newer pg_dump than the pg_restore here can read`
      : `${file} is no dump: ${firstLine(result)}`,
    detail: "Nothing was changed.",
    hint: old
      ? "Install the client programs of that Postgres version."
      : "Name a file that bee or pg_dump --format=custom wrote.",
    exit: exitCodes.usage,
  });
}

/** 15 of `pg_dump (PostgreSQL) 15.18 (Debian …)`. Throws BEE-E840 when the program is not there. */
async function readToolMajor(run: RunInvocation, program: string): Promise<number> {
  const { stdout } = await run({ file: program, args: ["--version"], effect: "read", timeoutMs: 20_000 });
  return Number(/\(PostgreSQL\) (\d+)/.exec(stdout)?.[1] ?? 0);
}

function invoke(
  file: string,
  args: readonly string[],
  { host, port, user, password, loopback }: DumpAddress,
  effect: Invocation["effect"],
): Invocation {
  return {
    file,
    args: [`--host=${host}`, `--port=${port}`, `--username=${user}`, "--no-password", ...args],
    env: { PGPASSWORD: password, PGSSLMODE: loopback ? "prefer" : "require", PGAPPNAME: "bee" },
    effect,
    timeoutMs: 6 * 3_600_000,
  };
}

/** pg_dump takes patterns: quoted, a name stands for itself. */
function quoteSchema(schema: string): string {
  return `"${schema.replaceAll('"', '""')}"`;
}

function tooOld(program: string, tool: number, server: number): BeeError {
  return new BeeError({
    code: "BEE-E362",
    message: `${program} here is version ${tool}, the server is Postgres ${server}: it refuses newer servers`,
    detail: "Nothing was changed.",
    hint: `Install the client programs of Postgres ${server} (Debian: postgresql-client-${server}).`,
    exit: exitCodes.usage,
  });
}

function otherMajor(file: string, dump: number, target: number): BeeError {
  return new BeeError({
    code: "BEE-E363",
    message: `${file} is a dump of Postgres ${dump} and is not restored into Postgres ${target}`,
    detail:
      "A rollback goes back to the same server; another version would be an upgrade. Nothing was changed.",
    hint: `Restore it into a project on Postgres ${dump}, or take the migrations back by downs.`,
    exit: exitCodes.refused,
  });
}

function failed(program: string, result: InvocationResult, state: string): BeeError {
  return new BeeError({
    code: "BEE-E364",
    message: `${program} failed: ${firstLine(result)}`,
    detail: `${result.stderr.trim().split("\n").slice(0, 12).join("\n")}\n${state}`,
    hint: "See what it says above.",
    exit: exitCodes.rollbackFailed,
  });
}

function firstLine({ stderr, exitCode }: InvocationResult): string {
  return stderr.trim().split("\n")[0] || `exit code ${exitCode}`;
}
