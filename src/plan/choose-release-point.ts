import { chooseRestorePoint, type RestoreChoice, type RestoreSources } from "./choose-restore-point.ts";
import type { Release } from "./release.ts";

/**
 * The point that holds a release's migrations: taken after it was recorded and before the next release with others
 * began. Every deploy takes one before its first migration, so one taken during that run will do when none is older.
 * Null when nothing reaches there. `releases` are newest first.
 */
export function chooseReleasePoint(
  sources: RestoreSources,
  release: Release,
  releases: readonly Release[],
  now: number,
): RestoreChoice | null {
  const next = releases
    .slice(
      0,
      releases.findIndex(({ id }) => id === release.id),
    )
    .toReversed()
    .find((later) => versionsOf(later) !== versionsOf(release));
  const from = Date.parse(release.recordedAt);
  const ended = next == null ? now : Date.parse(next.recordedAt);
  const began = next == null ? now : Math.max(from, ended - next.durationMs);
  const within = (choice: RestoreChoice | null): RestoreChoice | null =>
    choice != null && Date.parse(choice.takenAt) >= from ? choice : null;
  const before = within(chooseRestorePoint(sources, new Date(began).toISOString()));
  if (before != null) return before;
  const [during] = sources.backups
    .filter(({ takenAt }) => Date.parse(takenAt) >= from && Date.parse(takenAt) <= ended)
    .toSorted((a, b) => Date.parse(a.takenAt) - Date.parse(b.takenAt));
  return during == null ? null : { kind: "backup", id: during.id, takenAt: during.takenAt };
}

function versionsOf({ migrations }: Release): string {
  return migrations
    .map(({ version }) => version)
    .toSorted()
    .join();
}
