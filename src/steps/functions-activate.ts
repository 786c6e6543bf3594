import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { FunctionArtifact } from "../plan/deployed-function.ts";
import { sha256 } from "../plan/digest.ts";
import { pendingFunctions } from "../plan/pending-functions.ts";
import type { ReleasedFunction } from "../plan/release.ts";
import type { ReleaseLedger } from "../ports/release-ledger.ts";
import { defineStep } from "../ports/step.ts";

/** All functions go live together, in one request (plan step 1.2; the CLI's one-by-one deploy leaves a mix). */
export const functionsActivate = defineStep({
  id: "functions.activate",
  title: "Activate functions together",
  after: ["migrations.apply", "secrets.set", "functions.stage"],
  needs: ["functions", "ledger"],
  plan: (view) => {
    const pending = pendingFunctions(view);
    if (pending.length === 0) return null;
    return {
      summary: pending.map(({ slug }) => slug).join(", "),
      items: pending.map(({ slug }) => {
        const live = view.actual.functions.find((fn) => fn.slug === slug);
        return { object: slug, from: live == null ? null : `version ${live.version}`, to: "next version" };
      }),
    };
  },
  apply: async ({ ports, run }) => {
    const live = await ports.functions.list();
    const differing = [...run.staged.values()].filter((staged) => {
      const current = live.find(({ slug }) => slug === staged.slug);
      return !(
        current?.status === "ACTIVE" &&
        current.hostSha256 != null &&
        current.hostSha256 === staged.hostSha256 &&
        current.verifyJwt === staged.verifyJwt
      );
    });
    if (differing.length > 0) await ports.functions.activate(differing);
  },
  verify: async ({ ports, run }) => {
    const live = await ports.functions.list();
    return [...run.staged.values()].flatMap((staged) => {
      const current = live.find(({ slug }) => slug === staged.slug);
      if (current == null) return [`${staged.slug} is not live`];
      if (current.status !== "ACTIVE") return [`${staged.slug} is ${current.status}`];
      if (current.verifyJwt !== staged.verifyJwt)
        return [`${staged.slug} has verify_jwt ${current.verifyJwt}`];
      if (current.hostSha256 !== staged.hostSha256)
        return [`${staged.slug} serves another bundle than the one sent`];
      return [];
    });
  },
  undo: async ({ ports, prior, view }) => {
    const before = prior?.functions ?? [];
    const added = pendingFunctions(view)
      .map(({ slug }) => slug)
      .filter((slug) => !view.actual.functions.some((fn) => fn.slug === slug));
    const changed = before.filter((fn) => pendingFunctions(view).some(({ slug }) => slug === fn.slug));
    const live = await ports.functions.list();
    const staged = await Promise.all(
      changed.map(async (fn) => {
        const deployed = live.find(({ slug }) => slug === fn.slug) ?? null;
        return ports.functions.stage(await readArtifact(ports.ledger, fn), deployed);
      }),
    );
    if (staged.length > 0) await ports.functions.activate(staged);
    for (const slug of added) await ports.functions.remove(slug);
    return prior == null
      ? `removed again, as before: ${added.join(", ")}`
      : `functions of release ${prior.id} are live again${added.length > 0 ? `; removed: ${added.join(", ")}` : ""}`;
  },
});

async function readArtifact(ledger: ReleaseLedger, fn: ReleasedFunction): Promise<FunctionArtifact> {
  const bytes = await ledger.readBundle(fn.bundleSha256);
  if (bytes == null || sha256(bytes) !== fn.bundleSha256) {
    throw new BeeError({
      code: "BEE-E520",
      message: `The ledger does not hold the bundle ${fn.bundleSha256.slice(0, 12)} of ${fn.slug} unchanged.`,
      hint: "Deploy the prior revision from its commit: git checkout <sha> && bee deploy phase1",
      exit: exitCodes.rollbackFailed,
    });
  }
  return { slug: fn.slug, bytes, sha256: fn.bundleSha256, verifyJwt: fn.verifyJwt };
}
