import type { Secret } from "../core/secret.ts";
import type { Change } from "../plan/plan.ts";
import type { Release } from "../plan/release.ts";
import type { View } from "../plan/view.ts";
import type { BackupKeeper } from "./backups.ts";
import type { Fence } from "./deploy-lock.ts";
import type { DumpKeeper } from "./dump-keeper.ts";
import type { FunctionHost, StagedFunction } from "./function-host.ts";
import type { MigrationStore } from "./migration-store.ts";
import type { PinnedTraffic } from "./pinned-traffic.ts";
import type { ReleaseLedger } from "./release-ledger.ts";
import type { SecretStore } from "./secret-store.ts";
import type { TableSnapshots } from "./table-snapshots.ts";
import type { TrafficPins } from "./traffic-pins.ts";

/** The ports that steps may ask for by name. */
export interface StepPorts {
  readonly migrations: MigrationStore;
  readonly functions: FunctionHost;
  readonly secrets: SecretStore;
  readonly ledger: ReleaseLedger;
  readonly backups: BackupKeeper;
  readonly dumps: DumpKeeper;
  readonly pins: TrafficPins;
  readonly pinned: PinnedTraffic;
  readonly snapshots: TableSnapshots;
}

/** What steps of one run hand to one another: lost when bee dies, made again on resume. */
export interface RunState {
  readonly staged: Map<string, StagedFunction>;
}

export interface StepContext<Needs extends keyof StepPorts = keyof StepPorts> {
  readonly ports: Pick<StepPorts, Needs>;
  /** What the plan was assembled from. */
  readonly view: View;
  readonly secretValues: ReadonlyMap<string, Secret>;
  readonly fence: Fence;
  readonly run: RunState;
  /** The release to go back to; null before the first. */
  readonly prior: Release | null;
  /** Milliseconds since the epoch. */
  readonly now: () => number;
  /** Says what is being done; never a secret. */
  readonly note: (text: string) => void;
  /** Aborted by the first Ctrl-C: stop at the next safe point. */
  readonly signal: AbortSignal;
}

/**
 * One repeatable piece of a deploy: applied twice, the same state.
 * `plan` is pure, `verify` reads back and answers what differs from the plan (empty = as planned).
 */
export interface Step<Needs extends keyof StepPorts = keyof StepPorts> {
  readonly id: string;
  readonly title: string;
  readonly after: readonly string[];
  readonly needs: readonly Needs[];
  plan(view: View): Change | null;
  apply(ctx: StepContext<Needs>): Promise<void>;
  verify(ctx: StepContext<Needs>): Promise<readonly string[]>;
  /** Brings back what was live before; answers what it did. */
  undo?(ctx: StepContext<Needs>): Promise<string>;
}

/** Lets TypeScript infer which ports a step needs. */
export function defineStep<const Needs extends keyof StepPorts>(step: Step<Needs>): Step {
  return step as unknown as Step;
}
