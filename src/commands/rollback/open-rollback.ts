import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { keptReleases, type Release } from "../../plan/release.ts";
import { findUnderway } from "../../plan/rollback-intent.ts";
import type { CommandContext } from "../context.ts";
import { openProject } from "../read-work.ts";
import type { Target } from "../target.ts";
import { unknownRelease } from "../unknown-release.ts";
import type { LayerRequest } from "./layer.ts";

interface RollbackFlags {
  readonly target: Target["name"];
  readonly project?: string | undefined;
  readonly to?: string | undefined;
}

/**
 * Reaches the target and finds the release that is asked for; the target is let go when `work` ends. Throws BEE-E521
 * for a release the ledger does not hold and BEE-E522 for one of another project.
 */
export async function withRollback<T>(
  flags: RollbackFlags,
  ctx: CommandContext,
  work: (request: LayerRequest) => Promise<T>,
): Promise<T> {
  const project = await openProject(ctx, flags.project);
  const target = await ctx.connect(project, flags.target);
  try {
    ctx.emit({ type: "target", name: target.name, ref: target.ref, url: target.url });
    const releases = await target.ports.ledger.readReleases(keptReleases);
    const to = flags.to == null ? null : findRelease(flags.to, releases);
    const own = releases.filter(({ projectRef }) => projectRef === target.ref);
    const foreign = to ?? (own.length === 0 ? releases[0] : undefined);
    if (foreign != null && foreign.projectRef !== target.ref) throw foreignRelease(foreign, target.ref);
    const said = own[0] == null ? [] : await target.ports.ledger.readIntents(own[0].recordedAt);
    return await work({ project, target, ctx, releases: own, to, underway: findUnderway(said, own) });
  } finally {
    await target.close();
  }
}

function findRelease(asked: string, releases: readonly Release[]): Release {
  const release = releases.find(({ id }) => id === asked);
  if (release == null) throw unknownRelease(asked, releases);
  return release;
}

function foreignRelease(release: Release, ref: string): BeeError {
  return new BeeError({
    code: "BEE-E522",
    message: `Release ${release.id} belongs to the project ${release.projectRef}, not to ${ref}.`,
    detail: "nothing was changed",
    hint: "The ledger was copied from another project: deploy once, then releases of this one can be restored.",
    exit: exitCodes.usage,
  });
}
