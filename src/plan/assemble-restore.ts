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

/** `phase` of the release that a rollback of the database records. */
export const databaseRollbackPhase = "rollback database";

/** `restores` of a release that switched everything off, because nothing prior existed. */
export const switchedOffMark = "nothing";

/**
 * Which release the functions go back to. The newest release when what is live is not it (a half-done or foreign
 * deploy); else the one before it that had other functions.
 */
export function chooseRestore(releases: readonly Release[], actual: Actual): Release | null {
  const [newest] = releases;
  if (newest == null) return null;
  // A rollback that is live is where one wanted to be: the same command again must not go further back.
  const wentBack = sinceDeploy(releases).some(({ phase }) => phase !== databaseRollbackPhase);
  if (!hasFunctions(actual, newest) || wentBack) return newest;
  return findPrior(releases, newest, functionsKey);
}

/** What rollbacks recorded since the last deploy. */
function sinceDeploy(releases: readonly Release[]): readonly Release[] {
  const deployed = releases.findIndex(({ restores }) => restores == null);
  return releases.slice(0, deployed < 0 ? undefined : deployed);
}

/**
 * Where a whole target goes back to: the newest release when what is live is not it, the release that an earlier
 * rollback was on its way to, else the one before the newest. Null when there is none.
 */
export function chooseWholeRestore(
  releases: readonly Release[],
  actual: Pick<Actual, "functions" | "history">,
): Release | null {
  const [newest] = releases;
  if (newest == null) return null;
  if (newest.restores != null) return releases.find(({ id }) => id === newest.restores) ?? newest;
  if (!hasFunctions(actual, newest) || !hasMigrations(actual, newest)) return newest;
  return findPrior(releases, newest, (release) => `${functionsKey(release)}${migrationsKey(release)}`);
}

/**
 * Which release the migrations go back to: the newest that was recorded when the history holds more than it (a deploy
 * that ended half-way); the one that is there when it holds less (a rollback that died before it was recorded) or was
 * rolled back since the last deploy; else the one before that had others. Null when there is none.
 */
export function chooseDatabaseRestore(
  releases: readonly Release[],
  actual: Pick<Actual, "history">,
): Release | null {
  const [newest] = releases;
  if (newest == null) return null;
  if (!hasMigrations(actual, newest)) {
    const known = new Set(newest.migrations.map(({ version }) => version));
    const isShort = actual.history.every(({ version }) => known.has(version));
    const there = releases.find((release) => hasMigrations(actual, release));
    return isShort ? (there ?? null) : newest;
  }
  const wentBackToIt = sinceDeploy(releases).some(({ phase }) => phase === databaseRollbackPhase);
  return wentBackToIt ? newest : findPrior(releases, newest, migrationsKey);
}

/** Older and other than `newest`. What was rolled back from is skipped: behind a rollback comes what it restored. */
function findPrior(
  releases: readonly Release[],
  newest: Release,
  keyOf: (release: Release) => string,
): Release | null {
  let index = 1;
  for (;;) {
    const release = releases[index];
    if (release == null || release.restores === switchedOffMark) return null;
    if (keyOf(release) !== keyOf(newest)) return release;
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

/** True when exactly these functions answer, with these settings; others may be there besides. */
export function hasFunctions({ functions }: Pick<Actual, "functions">, release: Release): boolean {
  return release.functions.every((fn) => {
    const live = functions.find(({ slug }) => slug === fn.slug);
    return live?.status === "ACTIVE" && live.hostSha256 === fn.hostSha256 && live.verifyJwt === fn.verifyJwt;
  });
}

/** True when the history names these versions and no others. */
export function hasMigrations({ history }: Pick<Actual, "history">, release: Release): boolean {
  const wanted = new Set(release.migrations.map(({ version }) => version));
  return history.length === wanted.size && history.every(({ version }) => wanted.has(version));
}

export function sameFunctions(one: Release, other: Release): boolean {
  return functionsKey(one) === functionsKey(other);
}

function functionsKey(release: Release): string {
  return JSON.stringify(
    release.functions.map(({ slug, bundleSha256, verifyJwt }) => [slug, bundleSha256, verifyJwt]).sort(),
  );
}

function migrationsKey(release: Release): string {
  return JSON.stringify(release.migrations.map(({ version }) => version).sort());
}
