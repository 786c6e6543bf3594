/** One version of a function, as the Management API tells it (FunctionResponse). */
export interface FunctionRecord {
  /** UUID, the same for every version of a slug. */
  readonly id: string;
  readonly slug: string;
  readonly name: string;
  readonly version: number;
  /** Milliseconds since the epoch. */
  readonly createdAt: number;
  readonly updatedAt: number;
  readonly verifyJwt: boolean;
  readonly importMap: boolean;
  readonly entrypointPath: string;
  readonly importMapPath: string;
  /** Hex sha256 of the bytes that are served. */
  readonly sha256: string;
}

export interface SourceFile {
  /** Posix, relative to the project root, without `..`. */
  readonly path: string;
  readonly bytes: Uint8Array;
}

/** What a deploy request uploads. Absent settings keep their live value. */
export interface FunctionUpload {
  readonly slug: string;
  readonly name?: string;
  readonly entrypointPath: string;
  readonly importMapPath?: string;
  readonly verifyJwt?: boolean;
  readonly files: readonly SourceFile[];
}

/** Settings that change without new code. */
export type FunctionSettings = Partial<Pick<FunctionRecord, "name" | "verifyJwt">>;

export interface FunctionBody {
  readonly record: FunctionRecord;
  readonly bundle: Uint8Array;
  readonly files: readonly SourceFile[];
}

/** A function that cannot be deployed as uploaded; the message says file, line and specifier. Answered with 400. */
export class BundleError extends Error {
  constructor(message: string) {
    super(message);
    this.name = "BundleError";
  }
}

/** Two deploys met: the version is live already with other code. Answered with 409. */
export class VersionConflict extends Error {
  constructor(slug: string, asked: number, live: number) {
    super(
      `deployment already exists: ${slug} is at version ${live}, version ${asked} must be bumped above it`,
    );
    this.name = "VersionConflict";
  }
}
