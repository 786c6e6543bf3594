import type { Target } from "../commands/target.ts";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { Secret } from "../core/secret.ts";
import { keptReleases, type Release, type ReleasedFunction } from "../plan/release.ts";
import type { StagedFunction } from "../ports/function-host.ts";
import { connectDatabase } from "../supabase/database.ts";

/** What every secret of a copy holds: the platform tells digests, not values, and a copy must reach nobody. */
const placeholder = "not-copied";

interface RestoreFunctionsInput {
  readonly copy: Target;
  /** Of the copy, as its owner. */
  readonly databaseUrl: Secret;
  /** Names of the source's secrets, without the platform's own. */
  readonly secrets: readonly string[];
}

/**
 * Makes the functions of the newest release live on the copy, from the bundles in its ledger. Where the copy's platform
 * has another digest for the same bytes, its ledger learns it. Answers that digest by the source's.
 */
export async function restoreFunctions(input: RestoreFunctionsInput): Promise<ReadonlyMap<string, string>> {
  const { copy, secrets } = input;
  const releases = await copy.ports.ledger.readReleases(keptReleases);
  await copy.ports.secrets.set(new Map(secrets.map((name) => [name, new Secret(placeholder)])));
  const digests = new Map<string, string>();
  const [newest] = releases;
  if (newest == null) return digests;
  const staged = await stageAll(copy, newest.functions, digests);
  await copy.ports.functions.activate(staged);
  const sameHost = newest.functions.every(({ hostSha256 }) => digests.get(hostSha256 ?? "") === hostSha256);
  if (sameHost) return digests;
  const others = releases.flatMap(({ functions }) => functions);
  const unknown = new Map(
    others
      .filter(({ hostSha256 }) => hostSha256 != null && !digests.has(hostSha256))
      .map((fn) => [fn.hostSha256, fn]),
  );
  await stageAll(copy, [...unknown.values()], digests);
  await translateLedger(input.databaseUrl, releases, digests);
  return digests;
}

async function stageAll(
  copy: Target,
  functions: readonly ReleasedFunction[],
  digests: Map<string, string>,
): Promise<readonly StagedFunction[]> {
  return Promise.all(
    functions.map(async ({ slug, bundleSha256, verifyJwt, hostSha256 }) => {
      const bytes = await copy.ports.ledger.readBundle(bundleSha256);
      if (bytes == null) throw missing(slug, bundleSha256);
      const staged = await copy.ports.functions.stage({ slug, bytes, sha256: bundleSha256, verifyJwt }, null);
      if (hostSha256 != null && staged.hostSha256 != null) digests.set(hostSha256, staged.hostSha256);
      return staged;
    }),
  );
}

async function translateLedger(
  url: Secret,
  releases: readonly Release[],
  digests: ReadonlyMap<string, string>,
): Promise<void> {
  const database = connectDatabase({ url });
  try {
    for (const { id, functions } of releases) {
      const translated = functions.map((fn) => ({
        ...fn,
        hostSha256: digests.get(fn.hostSha256 ?? "") ?? fn.hostSha256,
      }));
      await database.query(
        "update bee.releases set release = release || jsonb_build_object('functions', $2::jsonb) where number = $1",
        [id.slice(1), JSON.stringify(translated)],
      );
    }
  } finally {
    await database.close();
  }
}

function missing(slug: string, sha256: string): BeeError {
  return new BeeError({
    code: "BEE-E853",
    message: `The ledger does not hold the bundle ${sha256.slice(0, 12)} of ${slug}`,
    detail: "A copy cannot have the functions of the target. The target was not changed.",
    hint: "Deploy again, so that the ledger is whole: bee deploy phase1",
    exit: exitCodes.refused,
  });
}
