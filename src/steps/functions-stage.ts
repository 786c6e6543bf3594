import { pendingFunctions } from "../plan/pending-functions.ts";
import { defineStep } from "../ports/step.ts";

/** Keeps the bundles in the ledger and has the platform bundle them; nothing is live yet (plan step 1.2). */
export const functionsStage = defineStep({
  id: "functions.stage",
  title: "Upload functions",
  after: [],
  needs: ["functions", "ledger"],
  plan: (view) => {
    const pending = pendingFunctions(view);
    if (pending.length === 0) return null;
    return {
      summary: pending.map(({ slug }) => slug).join(", "),
      items: pending.map(({ slug, sha256, bytes }) => ({
        object: `${slug} (${Math.ceil(bytes.length / 1024)} KiB)`,
        from:
          view.actual.release?.functions.find((fn) => fn.slug === slug)?.bundleSha256.slice(0, 12) ?? null,
        to: sha256.slice(0, 12),
      })),
    };
  },
  apply: async ({ ports, view, fence, run }) => {
    const pending = pendingFunctions(view);
    const live = await ports.functions.list();
    await Promise.all([
      ports.ledger.keepBundles(pending, fence),
      ...pending.map(async (artifact) => {
        const deployed = live.find(({ slug }) => slug === artifact.slug) ?? null;
        run.staged.set(artifact.slug, await ports.functions.stage(artifact, deployed));
      }),
    ]);
  },
  verify: async ({ view, run }) =>
    pendingFunctions(view)
      .filter(({ slug }) => !run.staged.has(slug))
      .map(({ slug }) => `${slug} was not bundled`),
});
