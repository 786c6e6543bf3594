import type { Project } from "../../config/find-project.ts";
import { type ExitCode, exitCodes } from "../../core/exit-code.ts";
import { type Watched, watchRelease } from "../../engine/watch-release.ts";
import { pause } from "../../gates/pause.ts";
import { formatDuration } from "../../output/format-duration.ts";
import type { Report } from "../../output/report.ts";
import { keptReleases, type Release } from "../../plan/release.ts";
import type { Breach } from "../../plan/watch.ts";
import type { CommandContext } from "../context.ts";
import { createFunctionsLayer } from "../rollback/functions-layer.ts";
import { renderRefusals } from "../rollback/run-layer.ts";
import type { Target } from "../target.ts";

interface WatchRequest {
  readonly ctx: CommandContext;
  readonly project: Project;
  readonly target: Target;
  readonly durationMs: number;
}

interface Ended {
  readonly exitCode: ExitCode;
  readonly summary: string;
  readonly text?: string;
  readonly next?: readonly string[];
  /** The release whose functions are live again. */
  readonly restored?: string;
  readonly parts?: Pick<Report, "steps" | "gates" | "error">;
}

/** A release that is older than this did not break what breaks now: it is not taken back by itself. */
const blamedMs = 60 * 60_000;

/**
 * Watches the release that is live now and, when it breaches what the plan allows, brings the prior functions back
 * (`bee deploy --watch`). What the watch saw is kept as evidence. Null when there is no release to watch.
 */
export async function watchDeployed(request: WatchRequest): Promise<Partial<Report> | null> {
  const { ctx, target, durationMs } = request;
  const { ledger, functions, logs, app } = target.ports;
  const releases = (await ledger.readReleases(keptReleases)).filter(
    ({ projectRef }) => projectRef === target.ref,
  );
  const [release] = releases;
  if (release == null) return null;
  const slugs = new Set(release.functions.map(({ slug }) => slug));
  const live = (await functions.list()).filter(({ slug }) => slugs.has(slug));
  ctx.emit({
    type: "note",
    text: `watching ${release.id} for ${formatDuration(durationMs)}; Ctrl-C ends the watch, the release stays`,
  });
  const watched = await watchRelease({
    functions: live.map(({ slug, id }) => ({ slug, id })),
    durationMs,
    logs,
    app,
    readSuccessor: async () => {
      const [newest] = await ledger.readReleases(1).catch(() => [release]);
      return newest == null || newest.id === release.id ? null : newest.id;
    },
    clock: ctx.clock,
    emit: ctx.emit,
    signal: ctx.signal,
    pause,
  });
  const ended = await conclude(request, watched, release, releases);
  await keep(request, watched, release, ended);
  const { exitCode, summary, text, next, parts } = ended;
  return {
    exitCode,
    summary,
    ...(text == null ? {} : { text }),
    ...(next == null ? {} : { next }),
    ...parts,
    data: {
      release: { id: release.id, planDigest: release.planDigest },
      watch: {
        verdict: watched.outcome.kind,
        watchedMs: watched.watchedMs,
        figures: watched.figures,
        restored: ended.restored ?? null,
      },
    },
  };
}

async function conclude(
  request: WatchRequest,
  { outcome, watchedMs }: Watched,
  release: Release,
  releases: readonly Release[],
): Promise<Ended> {
  const took = formatDuration(watchedMs);
  const { target } = request;
  switch (outcome.kind) {
    case "held":
      return { exitCode: exitCodes.ok, summary: `release ${release.id} is live and held for ${took}` };
    case "interrupted":
      return {
        exitCode: exitCodes.interrupted,
        summary: `interrupted after ${took} of watching; release ${release.id} is live`,
        next: [`bee rollback functions --target ${target.name}    # should it not hold`],
      };
    case "superseded":
      return {
        exitCode: exitCodes.inconclusive,
        summary: `${outcome.by} went live meanwhile: ${release.id} was watched for ${took} only`,
      };
    case "unsure":
      return {
        exitCode: exitCodes.inconclusive,
        summary: `release ${release.id} is live; ${took} of watching showed no breach, and too little to say there is none`,
        text: outcome.doubts.map((doubt) => `too few  ${doubt}`).join("\n"),
        next: [`bee verify metrics --target ${target.name}    # once it was used more`],
      };
    case "breach":
      return answerBreach(request, outcome.breach, release, releases);
  }
}

async function answerBreach(
  request: WatchRequest,
  breach: Breach,
  release: Release,
  releases: readonly Release[],
): Promise<Ended> {
  const { ctx, project, target } = request;
  const text = `breach  ${breach.text}`;
  const left = (why: string, next: readonly string[], exitCode: ExitCode = exitCodes.refused): Ended => ({
    exitCode,
    summary: `release ${release.id} breaches what the plan allows and is still live: ${why}`,
    text,
    next,
  });
  const byHand = `bee rollback functions --target ${target.name}`;
  if (breach.indicator.id === "platform") {
    return left("auth and REST do not answer either, which older functions would not mend", [
      `bee doctor --target ${target.name}`,
    ]);
  }
  if (ctx.clock.now() - Date.parse(release.recordedAt) > blamedMs) {
    return left("it was live for more than an hour before, so it is not taken back by itself", [byHand]);
  }
  ctx.emit({ type: "note", text: `${breach.text}; bringing the prior functions back` });
  const layer = createFunctionsLayer({ cross: [] });
  const way = await layer.prepare({ project, target, ctx, releases, to: null, underway: null });
  const to = typeof way?.data["to"] === "string" ? way.data["to"] : null;
  if (way == null || to == null)
    return left("there is no release to go back to", [`${byHand}    # answers 503 until the next deploy`]);
  if (way.refusals.length > 0) {
    const ended = left(
      `its functions cannot go back to ${to} by themselves`,
      [byHand],
      exitCodes.rollbackFailed,
    );
    return { ...ended, text: `${text}\n${renderRefusals(way.refusals)}` };
  }
  const { exitCode, state, steps, gates, error } = await way.apply();
  const parts = {
    ...(steps == null ? {} : { steps }),
    ...(gates == null ? {} : { gates }),
    ...(error == null ? {} : { error }),
  };
  if (exitCode === exitCodes.ok) {
    return {
      exitCode: exitCodes.rolledBack,
      summary: `release ${release.id} breached what the plan allows; the functions of ${to} are live again (${state})`,
      text,
      restored: to,
      parts,
    };
  }
  return {
    exitCode: exitCodes.rollbackFailed,
    summary: `release ${release.id} breaches what the plan allows, and going back to ${to} failed: ${state}`,
    text,
    next: [byHand],
    parts,
  };
}

/** What keeps it from being kept is told, and changes no verdict. */
async function keep(
  { ctx, target }: WatchRequest,
  watched: Watched,
  release: Release,
  ended: Ended,
): Promise<void> {
  try {
    await target.evidence.append("watch", ctx.actor, {
      release: release.id,
      verdict: watched.outcome.kind,
      watchedMs: Math.round(watched.watchedMs),
      figures: watched.figures,
      breach: watched.outcome.kind === "breach" ? watched.outcome.breach.text : null,
      restored: ended.restored ?? null,
    });
  } catch (error) {
    ctx.emit({
      type: "note",
      text: `the watch was not kept as evidence: ${error instanceof Error ? error.message : String(error)}`,
    });
  }
}
