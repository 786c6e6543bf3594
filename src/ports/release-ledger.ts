import type { NewRelease, Release } from "../plan/release.ts";
import type { Fence } from "./deploy-lock.ts";
import type { FunctionArtifact } from "./function-host.ts";

/** Releases and their bundles, kept in the target's database (schema `bee`, not exposed to the API). */
export interface ReleaseLedger {
  /** Newest first; empty when schema `bee` does not exist. Writes nothing. */
  readReleases(limit: number): Promise<readonly Release[]>;
  readBundle(sha256: string): Promise<Uint8Array | null>;
  /** Keeps the bytes before they go live. Repeatable: same sha256, same row. */
  keepBundles(artifacts: readonly FunctionArtifact[], fence: Fence): Promise<void>;
  /** What holders of the lock said they were about since then (ISO 8601), newest first. Writes nothing. */
  readIntents(since: string): Promise<readonly string[]>;
  record(release: NewRelease, fence: Fence): Promise<Release>;
}
