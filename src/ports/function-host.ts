import type { DeployedFunction, FunctionArtifact } from "../plan/deployed-function.ts";

export type { DeployedFunction, FunctionArtifact } from "../plan/deployed-function.ts";

/** Uploaded and bundled by the platform, not yet live. `record` is what the bulk activation must send back. */
export interface StagedFunction {
  readonly slug: string;
  readonly version: number;
  readonly hostSha256: string | null;
  readonly verifyJwt: boolean;
  readonly record: Readonly<Record<string, unknown>>;
}

export interface FunctionHost {
  list(): Promise<readonly DeployedFunction[]>;
  /** POST …/functions/deploy?slug=…&bundleOnly=true: nothing is live until `activate`. */
  stage(artifact: FunctionArtifact, live: DeployedFunction | null): Promise<StagedFunction>;
  /** One bulk PUT for all, so that they go live together; then read back by the caller. */
  activate(staged: readonly StagedFunction[]): Promise<void>;
  remove(slug: string): Promise<void>;
}
