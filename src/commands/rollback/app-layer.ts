import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { createProbeUsers } from "../../engine/probe-users.ts";
import { switchFlags } from "../../engine/switch-flags.ts";
import { lockTtlMs, withLock } from "../../engine/with-lock.ts";
import {
  type AppFlag,
  assembleFlagChanges,
  describeFlagChange,
  type FlagChange,
  findFlagsOnSince,
} from "../../plan/app-flag.ts";
import type { Layer, LayerRequest } from "./layer.ts";

/** The plan's budget for the app: flags act at once, running apps follow within their poll interval. */
const budgetMs = 5 * 60_000;

interface AppLayerOptions {
  /** Flags to switch off; null: those switched on since the release. */
  readonly off: readonly string[] | null;
  readonly minimumVersion?: string | undefined;
}

/** Features off and a minimum version, without a build, read back as the app's users see it. */
export function createAppLayer({ off, minimumVersion }: AppLayerOptions): Layer {
  return {
    name: "app",
    async prepare(request) {
      const { target, releases, to } = request;
      const known = await target.flags.read().catch((error: unknown) => {
        // An app that has no flags has none to switch back; asked for by name, they are missing.
        const asked = off != null || minimumVersion != null;
        if (!asked && error instanceof BeeError && error.code === "BEE-E820") return [];
        throw error;
      });
      const changes = assembleFlagChanges(known, {
        off: off ?? flagsOfRelease(known, (to ?? releases[0])?.recordedAt),
        ...(minimumVersion == null ? {} : { minimumAppVersion: minimumVersion }),
      });
      if (changes.length === 0) return null;
      return {
        layer: "app",
        change: changes.map(describeFlagChange).join("; "),
        facts: changes.map((change) => ["flag", describeFlagChange(change)] as const),
        data: { changes },
        lost: [],
        refusals: [],
        budgetMs,
        apply: async () => {
          const seconds = await apply(changes, request);
          const state = `switched and read back; running apps follow within ${seconds} s`;
          return { exitCode: exitCodes.ok, state, facts: [], data: { seenWithinSeconds: seconds } };
        },
      };
    },
  };
}

/** Reads back as a visitor and as a signed-in user, under the target's lock. */
async function apply(changes: readonly FlagChange[], { target, ctx }: LayerRequest): Promise<number> {
  const request = { holder: ctx.actor, message: "bee rollback app", ttlMs: lockTtlMs };
  return withLock(target.lock, request, ctx.signal, async (fence) => {
    const users = createProbeUsers(target.ports.app, target.ports.database);
    try {
      const readers = [target.ports.app.anonymous(), await users.get("a")];
      const outcome = await switchFlags({ flags: target.flags, changes, fence, readers });
      return outcome.seenWithinSeconds;
    } finally {
      await users.removeAll();
    }
  });
}

function flagsOfRelease(known: readonly AppFlag[], since: string | undefined): readonly string[] {
  return since == null ? [] : findFlagsOnSince(known, since);
}
