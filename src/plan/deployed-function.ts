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
