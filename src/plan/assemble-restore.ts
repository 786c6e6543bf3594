import type { Release, ReleasedFunction } from "./release.ts";
import type { Actual } from "./view.ts";

export interface FunctionRestore {
  /** Where to: null when nothing prior exists, then everything is switched off. */
  readonly to: Release | null;
  readonly restored: readonly ReleasedFunction[];
  /** Live and of this project, but not part of `to`: switched off, not deleted. */
  readonly switchedOff: readonly { readonly slug: string; readonly verifyJwt: boolean }[];
  /** Secrets whose value is not the one of that release; the platform keeps no old values. */
  readonly changedSecrets: readonly string[];
}

/** `restores` of a release that switched everything off, because nothing prior existed. */
export const switchedOffMark = "nothing";

/**
 * Which release the functions go back to. The newest release when what is live is not it (a half-done or foreign
 * deploy); else the one before it that had other functions. `asked` overrides.
 */
export function chooseRestore(
  releases: readonly Release[],
  actual: Actual,
  asked?: string,
): Release | null | "unknown" {
  if (asked != null) return releases.find(({ id }) => id === asked) ?? "unknown";
  const [newest] = releases;
  if (newest == null) return null;
  // A rollback that is live is where one wanted to be: the same command again must not go further back.
  if (!isLive(newest, actual) || newest.restores != null) return newest;
  return findPrior(releases, newest);
}

/** Older and with other functions. What was rolled back from is skipped: behind a rollback comes what it restored. */
function findPrior(releases: readonly Release[], newest: Release): Release | null {
  let index = 1;
  for (;;) {
    const release = releases[index];
    if (release == null || release.restores === switchedOffMark) return null;
    if (functionsKey(release) !== functionsKey(newest)) return release;
    const restored = releases.findIndex(({ id }) => id === release.restores);
    index = Math.max(index + 1, restored);
  }
}

/** Pure: what goes back, what is switched off, which secrets differ. */
export function assembleRestore(
  to: Release | null,
  releases: readonly Release[],
  actual: Actual,
): FunctionRestore {
  const restored = to?.functions ?? [];
  const ours = new Set(releases.flatMap((release) => release.functions.map(({ slug }) => slug)));
  const switchedOff = actual.functions
    .filter(({ slug }) => ours.has(slug) && !restored.some((fn) => fn.slug === slug))
    .map(({ slug, verifyJwt }) => ({ slug, verifyJwt }));
  const changedSecrets = (to?.secrets ?? [])
    .filter(({ name, sha256 }) => actual.secretDigests.get(name) !== sha256)
    .map(({ name }) => name);
  return { to, restored, switchedOff, changedSecrets };
}

function isLive(release: Release, actual: Actual): boolean {
  return release.functions.every((fn) => {
    const live = actual.functions.find(({ slug }) => slug === fn.slug);
    return live?.status === "ACTIVE" && live.hostSha256 === fn.hostSha256 && live.verifyJwt === fn.verifyJwt;
  });
}

function functionsKey(release: Release): string {
  return JSON.stringify(
    release.functions.map(({ slug, bundleSha256, verifyJwt }) => [slug, bundleSha256, verifyJwt]).sort(),
  );
}
