import type { Pool } from "pg";
import type { FunctionsRuntime } from "../functions/runtime.ts";
import type { Identity, LogLine } from "../identity.ts";
import type { SecretsFile } from "./secrets-file.ts";

/** The one project of the local platform. */
export interface LocalProject {
  readonly name: string;
  /** ISO 8601. */
  readonly createdAt: string;
  /** `17.10`. */
  readonly postgresVersion: string;
}

export interface Backup {
  readonly id: number;
  /** Null unless it was asked for as a restore point. */
  readonly name: string | null;
  /** ISO 8601. */
  readonly takenAt: string;
}

/** Physical copies of the cluster. `restore` returns when the database serves again, `create` when the copy is whole. */
export interface BackupHooks {
  list(): Promise<readonly Backup[]>;
  create(name: string): Promise<Backup>;
  restore(id: number): Promise<void>;
}

/** A line of a part's log; `at` is ISO 8601. */
export interface LogRow {
  readonly at: string;
  readonly part: string;
  readonly level: string;
  readonly message: string;
  readonly [field: string]: unknown;
}

/** Parts whose health can be asked; what is absent is not part of the local platform. */
export type HealthProbes = Readonly<
  Partial<Record<"auth" | "db" | "db_postgres_user" | "realtime" | "rest", () => Promise<void>>>
>;

export interface ManagementDeps {
  readonly identity: Identity;
  readonly project: () => LocalProject;
  /** As supabase_admin: only for what role postgres may not do. */
  readonly superuser: Pool;
  /** As role postgres, who is no superuser: runs the queries of callers. */
  readonly postgres: Pool;
  readonly functions: FunctionsRuntime;
  readonly secrets: SecretsFile;
  /** SUPABASE_* variables every function gets; listed by digest. */
  readonly platformEnv: () => Readonly<Record<string, string>>;
  readonly backups: BackupHooks;
  /** Oldest first; `from` and `to` are ISO 8601. */
  readonly readLogs: (from: string, to: string) => readonly LogRow[];
  readonly health: HealthProbes;
  readonly log: LogLine;
  readonly now: () => Date;
  /** Hosted allows 120; null is no limit. May change while it runs. */
  readonly rateLimit: { readonly perMinute: number | null };
}
