import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";

export interface LogEntry {
  /** ISO 8601, UTC. */
  readonly at: string;
  readonly part: string;
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

export interface LogQuery {
  /** One part only: `gateway`, `postgres`, `postgrest`, `auth`, `realtime`, `functions`, `management`, `daemon`. */
  readonly service?: string;
  /** The newest so many; all when absent. */
  readonly tail?: number;
  /** ISO 8601, both inclusive. */
  readonly from?: string;
  readonly to?: string;
}

/** Entries of all parts, oldest first. Lines that are no entry (a torn write) are skipped. */
export function readLogs(dir: string, query: LogQuery = {}): readonly LogEntry[] {
  const entries = listParts(dir)
    .filter((part) => query.service == null || part === query.service)
    .flatMap((part) => [`${part}.log.1`, `${part}.log`].flatMap((file) => readEntries(join(dir, file))));
  const { from = "", to = "~" } = query;
  const sorted = entries
    .filter(({ at }) => at >= from && at <= to)
    .sort((a, b) => (a.at < b.at ? -1 : a.at > b.at ? 1 : 0));
  return query.tail == null ? sorted : sorted.slice(Math.max(0, sorted.length - query.tail));
}

/** Names of the parts that have a log. */
export function listParts(dir: string): readonly string[] {
  try {
    const names = readdirSync(dir).flatMap((file) => /^([\w-]+)\.log(\.1)?$/.exec(file)?.[1] ?? []);
    return [...new Set(names)].sort();
  } catch {
    return [];
  }
}

function readEntries(path: string): readonly LogEntry[] {
  let text: string;
  try {
    text = readFileSync(path, "utf8");
  } catch {
    return [];
  }
  return text.split("\n").flatMap((line) => parseEntry(line) ?? []);
}

function parseEntry(line: string): LogEntry | null {
  if (line === "") return null;
  try {
    const value = JSON.parse(line) as Partial<LogEntry> | null;
    return typeof value?.at === "string" && typeof value.message === "string" ? (value as LogEntry) : null;
  } catch {
    return null;
  }
}
