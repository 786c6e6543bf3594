import { isIPv4 } from "node:net";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { Secret } from "../core/secret.ts";

export interface DatabaseAddress {
  readonly host: string;
  readonly port: number;
  readonly user: string;
  readonly password: string;
  readonly database: string;
  /** Loopback needs no TLS; everything else must have it. */
  readonly loopback: boolean;
}

const transactionPoolerPort = 6543;

/** Reads a `postgresql://` URL. Throws BEE-E320 without showing any of it: it holds the password. */
export function parseDatabaseUrl(url: Secret): DatabaseAddress {
  const parsed = tryParse(url.reveal());
  if (parsed == null || !/^postgres(ql)?:$/.test(parsed.protocol) || parsed.hostname === "") {
    throw unusable(
      "The database URL cannot be read",
      "Give it as postgresql://user:password@host:5432/postgres",
    );
  }
  const host = parsed.hostname.replace(/^\[(.*)\]$/, "$1");
  const loopback = host === "localhost" || host === "::1" || (isIPv4(host) && host.startsWith("127."));
  const port = parsed.port === "" ? 5432 : Number(parsed.port);
  if (port === transactionPoolerPort && !loopback) {
    throw unusable(
      `${host}:${port} is the transaction pooler, which cannot run migrations or hold a lock safely`,
      "Use the session pooler: the same host and user with port 5432",
    );
  }
  return {
    host,
    port,
    user: decode(parsed.username) || "postgres",
    password: decode(parsed.password),
    database: decode(parsed.pathname.slice(1)) || "postgres",
    loopback,
  };
}

function tryParse(text: string): URL | null {
  return URL.canParse(text) ? new URL(text) : null;
}

function decode(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    throw unusable(
      "The database URL holds a % that begins no escape",
      "Write characters of the password that are not letters or digits percent-encoded: % is %25, @ is %40",
    );
  }
}

function unusable(message: string, hint: string): BeeError {
  return new BeeError({ code: "BEE-E320", message, hint, exit: exitCodes.usage });
}
