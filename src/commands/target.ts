import type { TargetName } from "../config/schema.ts";
import type { AppFlags } from "../ports/app-flags.ts";
import type { DeployLock } from "../ports/deploy-lock.ts";
import type { EvidenceLog } from "../ports/evidence-log.ts";
import type { GatePorts } from "../ports/gate.ts";
import type { SchemaReverter } from "../ports/schema-reverter.ts";
import type { StepPorts } from "../ports/step.ts";

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
  readonly lock: DeployLock;
  readonly evidence: EvidenceLog;
  close(): Promise<void>;
}
