import type { Plan } from "../plan/plan.ts";
import type { NewRelease } from "../plan/release.ts";
import type { Revision } from "../plan/revision.ts";
import type { GateResult } from "../plan/run-event.ts";
import type { View } from "../plan/view.ts";
import type { DeployInput } from "./deploy-input.ts";

/** What was proven live, as the ledger keeps it. */
export function assembleRelease(
  input: Pick<DeployInput, "actor" | "tools" | "restores">,
  revision: Revision,
  plan: Plan,
  live: View,
  gates: readonly GateResult[],
  durationMs: number,
): NewRelease {
  return {
    projectRef: plan.target.ref,
    phase: plan.phase,
    planDigest: plan.digest,
    durationMs,
    actor: input.actor,
    gitSha: revision.gitSha,
    gitDirty: revision.gitDirty,
    tools: input.tools,
    migrations: live.desired.migrations.map(({ version, sha256 }) => ({ version, sha256 })),
    functions: live.desired.functions.flatMap(({ slug, sha256, verifyJwt }) => {
      const deployed = live.actual.functions.find((fn) => fn.slug === slug);
      if (deployed == null) return [];
      return [
        { slug, bundleSha256: sha256, hostSha256: deployed.hostSha256, version: deployed.version, verifyJwt },
      ];
    }),
    secrets: live.desired.secrets,
    restores: input.restores,
    gates: gates.map(({ id, verdict }) => ({ id, verdict: verdict.kind })),
  };
}
