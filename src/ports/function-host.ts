/** A function as the platform lists it (Management API, GET /v1/projects/{ref}/functions). */
export interface DeployedFunction {
  readonly slug: string;
  readonly id: string;
  readonly version: number;
  readonly status: string;
  readonly verifyJwt: boolean;
  /** The platform's own digest of what it serves (ezbr_sha256); null when it does not tell. */
  readonly hostSha256: string | null;
}

/** What bee deploys: one bundled ES module, named by its content. */
export interface FunctionArtifact {
  readonly slug: string;
  readonly bytes: Uint8Array;
  /** Hex sha256 of `bytes`. */
  readonly sha256: string;
  readonly verifyJwt: boolean;
}

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
