import { switchedOffMark } from "./assemble-restore.ts";
import type { Release } from "./release.ts";

/** What a holder of the lock is about to do; the target's audit trail keeps it, so that it outlives the process. */
export function renderIntent(layer: "functions" | "database", to: Release | null): string {
  return `bee rollback ${layer} to ${to?.id ?? switchedOffMark}`;
}

/**
 * Where a rollback that died was on its way to, from what lock holders said since the last release, newest first. Null
 * when the last of them that changes releases was no rollback; `to` is null when everything was to be switched off.
 */
export function findUnderway(
  messages: readonly string[],
  releases: readonly Release[],
): { readonly to: Release | null } | null {
  const last = messages.find((message) => /^bee (deploy|rollback (functions|database) to) /.test(message));
  const id = /^bee rollback (?:functions|database) to ([^\s;]+)/.exec(last ?? "")?.[1];
  if (id === switchedOffMark) return { to: null };
  const to = releases.find((release) => release.id === id);
  return to == null ? null : { to };
}
