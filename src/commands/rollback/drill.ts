import type { Project } from "../../config/find-project.ts";
import { BeeError } from "../../core/bee-error.ts";
import { rehearseRestore } from "../../engine/rehearse-restore.ts";
import { formatDuration } from "../../output/format-duration.ts";
import { chooseWholeRestore } from "../../plan/assemble-restore.ts";
import { fingerprintCatalog } from "../../plan/catalog.ts";
import { countRows, diffFunctions, diffObjects, diffTables } from "../../plan/contents.ts";
import { keptReleases } from "../../plan/release.ts";
import type { CommandContext } from "../context.ts";
import type { Copy } from "../copy.ts";
import type { Target } from "../target.ts";
import { drillBack } from "./drill-back.ts";
import {
  assembleOutcome,
  assembleRecord,
  type DrillNotes,
  type DrillOutcome,
  describeCopy,
  describeFailure,
  interrupted,
} from "./drill-outcome.ts";
import type { Layer } from "./layer.ts";

export interface DrillInput {
  readonly project: Project;
  /** Only read, but for one record of evidence. */
  readonly target: Target;
  readonly ctx: CommandContext;
  /** In the order they go back. */
  readonly layers: readonly Layer[];
}

/**
 * Rehearses the whole way back on a throw-away copy: is the copy the source, does every layer go back, does a restore
 * bring everything back. The measured minutes become evidence on the target, whether it went well or not. Throws what
 * keeps a copy from being made; then there is no evidence.
 */
export async function runDrill(input: DrillInput): Promise<DrillOutcome> {
  const { project, target, ctx } = input;
  const started = ctx.clock.now();
  const copy = await ctx.openCopy(project, target).catch((error: unknown) => {
    // Whatever an interruption broke, what was made of the copy is gone.
    if (ctx.signal.aborted) return null;
    throw error;
  });
  if (copy == null) return interrupted(ctx.clock.now() - started);
  const seen: DrillNotes = {
    parts: [{ part: "copy", ms: ctx.clock.now() - started, state: describeCopy(copy) }],
    problems: [],
    releases: [],
    to: null,
    fingerprint: fingerprintCatalog(copy.source.catalog),
    restored: null,
    postgres: "",
  };
  try {
    await rehearse(input, copy, seen);
  } catch (error) {
    if (ctx.signal.aborted) return interrupted(ctx.clock.now() - started);
    if (!(error instanceof BeeError)) throw error;
    seen.problems.push(describeFailure(error));
  } finally {
    await copy.close();
  }
  const record = assembleRecord(seen, copy, ctx.version);
  const { seq } = await target.evidence.append("drill", ctx.actor, record);
  return assembleOutcome(seen, copy, record, seq, ctx.clock.now() - started);
}

async function rehearse({ project, ctx, layers }: DrillInput, copy: Copy, seen: DrillNotes): Promise<void> {
  const { target } = copy;
  const timed = async <T>(part: string, work: () => Promise<T>, tell: (value: T) => string): Promise<T> => {
    ctx.signal.throwIfAborted();
    const started = ctx.clock.now();
    const value = await work();
    seen.parts.push({ part, ms: ctx.clock.now() - started, state: tell(value) });
    return value;
  };
  seen.postgres = (await target.ports.project.readProject()).postgresVersion;
  const now = await timed("compare", copy.readContents, ({ tables, functions }) => {
    return `${tables.size} tables, ${countRows(tables)} rows, ${functions.length} functions`;
  });
  seen.problems.push(
    ...diffObjects(copy.source.catalog, now.catalog),
    ...diffTables(copy.source.tables, now.tables, copy.moving),
    ...diffFunctions(copy.source.functions, now.functions),
  );
  seen.releases = await target.ports.ledger.readReleases(keptReleases);
  const history = await target.ports.migrations.readHistory();
  seen.to = chooseWholeRestore(seen.releases, { functions: now.functions, history });
  if (seen.to != null) {
    const request = {
      project,
      target,
      // What is done to the copy must not stand in the journal of the target.
      ctx: { ...ctx, journal: () => copy.journal },
      releases: seen.releases,
      to: seen.to,
      underway: null,
    };
    try {
      await drillBack({ request, to: seen.to, layers, readContents: copy.readContents }, seen);
    } catch (error) {
      // The restore is a way of its own.
      if (!(error instanceof BeeError) || ctx.signal.aborted) throw error;
      seen.problems.push(describeFailure(error));
    }
    seen.fingerprint = fingerprintCatalog(await target.reverter.readCatalog());
  }
  seen.restored = await timed(
    "restore",
    () =>
      rehearseRestore({
        migrations: target.ports.migrations,
        backups: target.ports.backups,
        restorer: copy.restorer,
        reverter: target.reverter,
        lock: target.lock,
        query: target.ports.database.query,
        readContents: copy.readContents,
        holder: ctx.actor,
        clock: ctx.clock,
        signal: ctx.signal,
        note: (text) => ctx.emit({ type: "note", text }),
      }),
    ({ durationMs, differences }) =>
      `${differences.length === 0 ? "everything is back" : `${differences.length} differences`}; away for ${formatDuration(durationMs)}`,
  );
  seen.problems.push(
    ...seen.restored.differences.map(({ subject, detail }) => {
      return { rule: "drill-restore", subject, detail: `not restored: ${detail}` };
    }),
  );
}
