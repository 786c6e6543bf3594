import type { FunctionArtifact } from "../plan/deployed-function.ts";

export interface FunctionSource {
  readonly slug: string;
  /** Relative to the project root, posix. */
  readonly entrypoint: string;
  /** deno.json or import map, relative to the project root; null when there is none. */
  readonly importMap: string | null;
  readonly verifyJwt: boolean;
}

/** Sources → one module per function, the same bytes for the same sources. */
export interface FunctionBundler {
  /** Throws BeeError BEE-E601 with file:line when a function does not compile. */
  bundle(sources: readonly FunctionSource[]): Promise<readonly FunctionArtifact[]>;
}
