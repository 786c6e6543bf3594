import { createProbeUsers } from "../../engine/probe-users.ts";
import { runGates } from "../../engine/run-gates.ts";
import { lockTtlMs, withLock } from "../../engine/with-lock.ts";
import { gates } from "../../gates/index.ts";
import type { Release } from "../../plan/release.ts";
import type { GateResult } from "../../plan/run-event.ts";
import type { Desired } from "../../plan/view.ts";
import { readView } from "../read-view.ts";
import type { LayerRequest } from "./layer.ts";
import { rollbackFacts } from "./rollback-facts.ts";

const asked = ["functions-boot", "callers-verified", "momentum-smoke"];

/** When the database went back behind the functions: do they still serve on it? Under the lock, like a deploy's gates. */
export async function proveWhole(
  { target, ctx, project }: LayerRequest,
  to: Release,
): Promise<readonly GateResult[]> {
  const request = { holder: ctx.actor, message: "bee rollback", ttlMs: lockTtlMs };
  return withLock(target.lock, request, ctx.signal, async (_lease, signal) => {
    const users = createProbeUsers(target.ports.app, target.ports.database);
    const functions = to.functions.map(({ slug, bundleSha256, verifyJwt }) => {
      return { slug, verifyJwt, sha256: bundleSha256, bytes: new Uint8Array() };
    });
    const desired: Desired = { projectName: project.config.name, migrations: [], functions, secrets: [] };
    try {
      return await runGates({
        gates: gates.filter(({ id }) => asked.includes(id)),
        context: {
          ports: { ...target.ports, users },
          view: await readView(target, desired, rollbackFacts.exposedSchemas),
          facts: rollbackFacts,
          activated: async () => undefined,
          signal,
        },
        emit: ctx.emit,
        clock: ctx.clock,
      });
    } finally {
      await users.removeAll();
    }
  });
}
