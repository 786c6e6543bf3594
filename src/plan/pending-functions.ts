import type { FunctionArtifact } from "./deployed-function.ts";
import type { View } from "./view.ts";

/**
 * Functions that are not live as wanted. What the last release recorded must still be what the platform
 * serves: a live version that bee did not activate is drift and is replaced.
 */
export function pendingFunctions({ desired, actual }: View): readonly FunctionArtifact[] {
  return desired.functions.filter((artifact) => {
    const live = actual.functions.find(({ slug }) => slug === artifact.slug);
    const released = actual.release?.functions.find(({ slug }) => slug === artifact.slug);
    return !(
      live?.status === "ACTIVE" &&
      live.verifyJwt === artifact.verifyJwt &&
      released?.bundleSha256 === artifact.sha256 &&
      released.hostSha256 === live.hostSha256 &&
      released.version === live.version
    );
  });
}
