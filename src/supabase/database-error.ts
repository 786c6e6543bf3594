import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { DatabaseAddress } from "./database-url.ts";

/** What pg reports for an error of the server (protocol chapter 53.8). */
export interface ServerError extends Error {
  /** SQLSTATE. */
  readonly code: string;
  /** 1-based, in characters of the message that was sent. */
  readonly position?: string;
  readonly detail?: string;
  readonly hint?: string;
  readonly where?: string;
  readonly constraint?: string;
}

export function isServerError(error: unknown): error is ServerError {
  return error instanceof Error && "severity" in error && "code" in error && typeof error.code === "string";
}

/** SQLSTATE of a server error; null for anything else, such as a lost connection. */
export function sqlState(error: unknown): string | null {
  return isServerError(error) ? error.code : null;
}

/** True when the session is gone, so that nobody knows whether the last message was carried out. */
export function isConnectionLost(error: unknown): boolean {
  const state = sqlState(error);
  if (state != null) return /^(08|57P0[123])/.test(state);
  return error instanceof Error && !(error instanceof BeeError);
}

/** True for what socket, pg and session watch say of a connection that broke; false for errors of bee's own. */
export function isBrokenConnection(error: unknown): boolean {
  if (sqlState(error) != null) return isConnectionLost(error);
  if (!(error instanceof Error) || error instanceof BeeError) return false;
  const code = "code" in error ? String(error.code) : "";
  return /^E[A-Z]+$/.test(code) || /connection|fell silent|not queryable/i.test(error.message);
}

/** Says why there is no session; never shows the password. */
export function describeConnectFailure(error: unknown, address: DatabaseAddress): BeeError {
  const { host, port, user, database } = address;
  const at = `${host}:${port}`;
  const state = sqlState(error);
  const text = error instanceof Error ? error.message : String(error);
  const code = error instanceof Error && "code" in error ? String(error.code) : "";
  const cause = error;
  if (state === "28P01" || state === "28000" || /tenant or user not found/i.test(text)) {
    return new BeeError({
      code: "BEE-E322",
      message: `The database at ${at} refused user ${user}: ${text}`,
      hint: "Check the user and password of the database URL (the session pooler's user is postgres.<ref>).",
      exit: exitCodes.unauthorised,
      cause,
    });
  }
  if (state === "3D000") {
    return new BeeError({
      code: "BEE-E323",
      message: `There is no database ${database} at ${at}`,
      hint: "Check the last part of the database URL; Supabase projects use postgres.",
      exit: exitCodes.usage,
      cause,
    });
  }
  if (state?.startsWith("53")) {
    return new BeeError({
      code: "BEE-E324",
      message: `The database at ${at} takes no more connections: ${text}`,
      hint: "Close idle sessions (select * from pg_stat_activity), then run the same command again.",
      exit: exitCodes.inconclusive,
      cause,
    });
  }
  if (/CERT|SELF_SIGNED|ERR_TLS|SSL/i.test(`${code} ${text}`)) {
    return new BeeError({
      code: "BEE-E325",
      message: `No trusted TLS connection to ${at}: ${text}`,
      detail: "bee sends the password over verified TLS only.",
      hint: "Name the certificate of Project settings › Database › SSL as the target's database CA.",
      exit: exitCodes.usage,
      cause,
    });
  }
  return new BeeError({
    code: "BEE-E321",
    message: `The database at ${at} cannot be reached: ${text === "" ? code : text}`,
    detail: "Nothing was changed.",
    hint: hintFor(address),
    exit: exitCodes.inconclusive,
    cause,
  });
}

function hintFor({ host, loopback }: DatabaseAddress): string {
  if (loopback) return "bee local status";
  if (/^db\..*\.supabase\.co$/.test(host)) {
    return "Direct hosts answer over IPv6 only: use the session pooler's URL (Connect › Session pooler, port 5432).";
  }
  return "Check host, port and network restrictions, then run the same command again.";
}

/** For a statement of bee's own that failed where nothing else is known about the failure. */
export function describeQueryFailure(error: unknown, what: string): unknown {
  if (error instanceof BeeError) return error;
  const state = sqlState(error);
  const text = error instanceof Error ? error.message : String(error);
  return new BeeError({
    code: state === "42501" ? "BEE-E327" : "BEE-E326",
    message: `${what}: ${text}${state == null ? "" : ` (SQLSTATE ${state})`}`,
    detail:
      state == null
        ? "The connection broke; a write in flight may or may not have been done."
        : "Nothing was written.",
    hint:
      state === "42501"
        ? "Connect as the role that owns the database (postgres)."
        : "Run the same command again: it reads the state first.",
    exit: state === "42501" ? exitCodes.unauthorised : exitCodes.inconclusive,
    cause: error,
  });
}
