import type { Release } from "../../plan/release.ts";
import type { ReleaseLedger } from "../release-ledger.ts";
import { assertFence, type IsCurrent } from "./fence-check.ts";

interface MemoryReleaseLedger extends ReleaseLedger {
  /** Releases oldest first. */
  readonly state: { readonly releases: Release[]; readonly bundles: Map<string, Uint8Array> };
}

export function createMemoryReleaseLedger(
  isCurrent: IsCurrent = () => true,
  now: () => number = Date.now,
): MemoryReleaseLedger {
  const releases: Release[] = [];
  const bundles = new Map<string, Uint8Array>();
  return {
    state: { releases, bundles },
    async readReleases(limit) {
      return releases.toReversed().slice(0, limit);
    },
    async readBundle(sha256) {
      return bundles.get(sha256) ?? null;
    },
    async keepBundles(artifacts, fence) {
      assertFence(fence, isCurrent);
      for (const { sha256, bytes } of artifacts) bundles.set(sha256, bytes);
    },
    async readIntents() {
      return [];
    },
    async record(release, fence) {
      assertFence(fence, isCurrent);
      const recorded = {
        ...release,
        id: `r${releases.length + 1}`,
        recordedAt: new Date(now()).toISOString(),
      };
      releases.push(recorded);
      return recorded;
    },
  };
}
