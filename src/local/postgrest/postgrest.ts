import { rmSync } from "node:fs";
import type { JSONWebKeySet } from "jose";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import type { LogLine } from "../identity.ts";
import { type Child, spawnChild } from "../process/child.ts";

interface PostgrestOptions {
  readonly binary: string;
  /** As role `authenticator`. */
  readonly dbUrl: string;
  /** Where it listens: nobody gets past the gateway. */
  readonly socket: string;
  readonly keys: JSONWebKeySet;
  readonly log: LogLine;
}

const readyMs = 15_000;

/** Starts PostgREST and waits until its schema cache is loaded. Throws BEE-E402. */
export async function startPostgrest(options: PostgrestOptions): Promise<Child> {
  const { binary, socket, log } = options;
  rmSync(socket, { force: true });
  const lines: string[] = [];
  let markReady = () => {};
  const ready = new Promise<void>((resolve) => {
    markReady = resolve;
  });
  const child = await spawnChild(
    { file: binary, args: [], env: assembleSettings(options) },
    {
      deathSignal: "SIGTERM",
      onLine: (line) => {
        if (lines.length < 50) lines.push(line);
        if (line.includes("Schema cache loaded")) markReady();
        log(/error|fatal|failed/i.test(line) ? "error" : "info", withoutTime(line));
      },
    },
  );
  let timer: NodeJS.Timeout | undefined;
  const failed = child.exited.then(({ code, signal }) => {
    throw startFailure(`It ended with ${signal ?? `exit code ${code}`}.`, lines);
  });
  const late = new Promise<never>((_, reject) => {
    timer = setTimeout(
      () => reject(startFailure(`It was not ready after ${readyMs / 1000} s.`, lines)),
      readyMs,
    );
  });
  failed.catch(() => {});
  try {
    await Promise.race([ready, failed, late]);
    return child;
  } catch (error) {
    await child.stop("SIGKILL", 0);
    throw error;
  } finally {
    clearTimeout(timer);
  }
}

/** As hosted sets it: schemas, limits, and one role per request. */
function assembleSettings({ dbUrl, socket, keys }: PostgrestOptions): Record<string, string> {
  return {
    PGRST_DB_URI: dbUrl,
    PGRST_DB_SCHEMAS: "public,graphql_public",
    PGRST_DB_EXTRA_SEARCH_PATH: "public,extensions",
    PGRST_DB_ANON_ROLE: "anon",
    PGRST_DB_MAX_ROWS: "1000",
    PGRST_DB_POOL: "10",
    PGRST_JWT_SECRET: JSON.stringify(keys),
    // Verifying ES256 costs 2 ms; a token is verified once and remembered until it expires.
    PGRST_JWT_CACHE_MAX_LIFETIME: "600",
    PGRST_SERVER_UNIX_SOCKET: socket,
    PGRST_SERVER_UNIX_SOCKET_MODE: "600",
    PGRST_LOG_LEVEL: "error",
  };
}

function startFailure(detail: string, lines: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E402",
    message: "PostgREST did not start",
    detail: [detail, ...lines.slice(-5).map(withoutTime)].join("\n"),
    hint: "See `bee local logs --service postgrest`.",
    exit: exitCodes.bug,
  });
}

function withoutTime(line: string): string {
  return line.replace(/^\d\d\/\w{3}\/\d{4}:[\d:]+ [+-]\d{4}: /, "");
}
