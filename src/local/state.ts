import { readFileSync } from "node:fs";

/** What one needs to use a running local platform; `bee local status --json` prints it. */
export interface LocalState {
  /** The gateway: /rest/v1, /auth/v1, /realtime/v1, /functions/v1. */
  readonly url: string;
  /** The Management API. */
  readonly managementUrl: string;
  readonly projectRef: string;
  readonly accessToken: string;
  readonly anonKey: string;
  readonly serviceRoleKey: string;
  readonly publishableKey: string;
  readonly secretKey: string;
  /** As role `postgres`, who is no superuser, as on hosted. */
  readonly dbUrl: string;
  /** Path of a profile file for the supabase CLI. */
  readonly profile: string;
  readonly pid: number;
  readonly startedAt: string;
}

const fields = [
  "url",
  "managementUrl",
  "projectRef",
  "accessToken",
  "anonKey",
  "serviceRoleKey",
  "publishableKey",
  "secretKey",
  "dbUrl",
  "profile",
  "startedAt",
] as const;

export function parseLocalState(value: unknown): LocalState | null {
  if (typeof value !== "object" || value == null) return null;
  const record = value as Record<string, unknown>;
  if (!fields.every((field) => typeof record[field] === "string")) return null;
  return Number.isSafeInteger(record["pid"]) ? (value as LocalState) : null;
}

/** The state of the last run, whether or not it still runs; null when there is none or it is damaged. */
export function readLastState(path: string): LocalState | null {
  try {
    return parseLocalState(JSON.parse(readFileSync(path, "utf8")));
  } catch {
    return null;
  }
}

/** Ports of the last run, so that URLs stay the same. */
export function readLastPorts(path: string): {
  readonly gateway?: number;
  readonly management?: number;
  readonly postgres?: number;
} {
  const last = readLastState(path);
  if (last == null) return {};
  const [gateway, management, postgres] = [last.url, last.managementUrl, last.dbUrl].map(readPort);
  return {
    ...(gateway == null ? {} : { gateway }),
    ...(management == null ? {} : { management }),
    ...(postgres == null ? {} : { postgres }),
  };
}

function readPort(url: string): number | null {
  const port = URL.canParse(url) ? Number(new URL(url).port) : 0;
  return Number.isInteger(port) && port > 1023 && port < 65536 ? port : null;
}
