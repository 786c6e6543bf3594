/** When the app's schemas are dumped by pg_dump before migrations (bee.config.yaml `dumps`). */
export interface DumpPolicy {
  /** `auto`: where no backup point can be counted on and pg_dump can do it; `always`: or the deploy is refused. */
  readonly take: "auto" | "always" | "never";
  /** Larger databases are not dumped. */
  readonly maxMiB: number;
}

/** What pg_dump leaves out of a dump of schemas, such as a trigger on auth.users. */
export interface AttachedObject {
  /** As people say it. */
  readonly label: string;
  /** Makes it again. */
  readonly sql: string;
}

/** What there is to dump. */
export interface DumpSource {
  /** Major version of the server. */
  readonly major: number;
  /** The app's schemas and the history of its migrations; none of the platform's, and not bee's own. */
  readonly schemas: readonly string[];
  /** Of their tables, with indexes. */
  readonly bytes: number;
  readonly attached: readonly AttachedObject[];
}

export interface DumpNeed {
  /** Else a deploy goes on without a dump that could not be taken. */
  readonly required: boolean;
  readonly schemas: readonly string[];
  /** Why it cannot be; null when it can. */
  readonly obstacle: string | null;
}

export interface DumpQuestion {
  readonly policy: DumpPolicy;
  readonly pending: number;
  readonly appTables: number;
  /** A physical copy or point-in-time recovery stands behind the target. */
  readonly backedUp: boolean;
}

/** False when a dump would serve nothing; then no program is started. */
export function needsDump({ policy, pending, appTables, backedUp }: DumpQuestion): boolean {
  if (pending === 0 || appTables === 0 || policy.take === "never") return false;
  return policy.take === "always" || !backedUp;
}

/** Why the source is not dumped although pg_dump could; null when it is small enough. */
export function findSizeObstacle({ bytes }: DumpSource, { maxMiB }: DumpPolicy): string | null {
  const mib = Math.ceil(bytes / 1024 ** 2);
  return mib <= maxMiB ? null : `the tables hold ${mib} MiB, more than dumps.maxMiB ${maxMiB}`;
}
