/** Releases that a ledger keeps; older ones go, with the bundles that only they used. */
export const keptReleases = 20;

export interface ReleasedFunction {
  readonly slug: string;
  /** Hex sha256 of bee's bundle, the key of its bytes in the ledger. */
  readonly bundleSha256: string;
  /** The platform's digest at activation; when the live one differs, somebody else deployed. */
  readonly hostSha256: string | null;
  readonly version: number;
  readonly verifyJwt: boolean;
}

/** Immutable. What was live, proven and recorded at one moment. */
export interface Release {
  /** `r` and a number, ascending per project; assigned by the ledger. */
  readonly id: string;
  readonly projectRef: string;
  readonly phase: string;
  readonly planDigest: string;
  readonly recordedAt: string;
  readonly durationMs: number;
  readonly actor: string;
  readonly gitSha: string | null;
  readonly gitDirty: boolean;
  readonly tools: Readonly<Record<string, string>>;
  readonly migrations: readonly { readonly version: string; readonly sha256: string }[];
  readonly functions: readonly ReleasedFunction[];
  /** Digests only; never shown, only compared. */
  readonly secrets: readonly { readonly name: string; readonly sha256: string }[];
  /** The release that a rollback went back to with this one; `phase` tells which layer. */
  readonly restores?: string | undefined;
  readonly gates: readonly { readonly id: string; readonly verdict: string }[];
}

export type NewRelease = Omit<Release, "id" | "recordedAt">;
