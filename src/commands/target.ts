import type { TargetName } from "../config/schema.ts";
import type { AppFlags } from "../ports/app-flags.ts";
import type { BackupRestorer } from "../ports/backup-restorer.ts";
import type { DeployLock } from "../ports/deploy-lock.ts";
import type { DumpReader, DumpRestorer } from "../ports/dump-restorer.ts";
import type { EvidenceLog } from "../ports/evidence-log.ts";
import type { GatePorts } from "../ports/gate.ts";
import type { LoadDatabase } from "../ports/load-database.ts";
import type { ObjectStore } from "../ports/object-store.ts";
import type { RecordKeeper } from "../ports/record-keeper.ts";
import type { SchemaReverter } from "../ports/schema-reverter.ts";
import type { ServiceTraffic } from "../ports/service-traffic.ts";
import type { ShardJob, ShardJobs } from "../ports/shard-jobs.ts";
import type { StepPorts } from "../ports/step.ts";
import type { DumpAddress } from "../tools/pg-dump.ts";

/** Where a load test's shards run. */
export interface ShardHost {
  readonly region: string;
  readonly job: ShardJob;
  readonly startDelayMs: number;
  /** It is on this machine, and reaches what only this machine reaches. */
  readonly onLoopback: boolean;
  readonly jobs: ShardJobs;
  readonly store: ObjectStore;
}

/** What runs beside the Supabase project. */
export interface TargetCloud {
  readonly project: string;
  readonly region: string;
  /** Cloud Run services that belong to the app. */
  readonly services: readonly string[];
  /** Throws BEE-E801 for an endpoint that cannot be; nothing is asked before the first use. */
  openTraffic(): ServiceTraffic;
  /** Null when bee.config.yaml does not say where; nothing is asked before the first use. */
  openShards(): ShardHost | null;
}

/** What outside programs need to reach the database. */
export interface TargetAddress extends Omit<DumpAddress, "rootsFile"> {
  /** Certificates of the authorities to trust, PEM. */
  readonly roots: readonly string[];
}

/** A Supabase project, reached: the same adapters for local and hosted, only URLs and keys differ. */
export interface Target {
  readonly name: TargetName;
  readonly ref: string;
  readonly url: string;
  /** Asks for the ref before it is written to. */
  readonly guarded: boolean;
  /** Facts for the person: URLs, how to stop what was started. */
  readonly facts: readonly (readonly [string, string])[];
  readonly ports: StepPorts & Omit<GatePorts, "users">;
  readonly flags: AppFlags;
  readonly reverter: SchemaReverter;
  readonly restorer: BackupRestorer;
  readonly records: RecordKeeper;
  readonly dumpReader: DumpReader;
  readonly dumpRestorer: DumpRestorer;
  readonly lock: DeployLock;
  /** Sessions of their own for a load test, at most so many; nothing connects before the first use. */
  openLoad(sessions: number): LoadDatabase;
  readAddress(): Promise<TargetAddress>;
  readonly evidence: EvidenceLog;
  /** Null when bee.config.yaml names no Google Cloud project for it. */
  readonly cloud: TargetCloud | null;
  close(): Promise<void>;
}
