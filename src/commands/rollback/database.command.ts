import * as z from "zod";
import { readDowns } from "../../config/read-downs.ts";
import { readMigrations } from "../../config/read-migrations.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { applyDown, type DownOutcome } from "../../engine/apply-down.ts";
import { type DownPlan, planDown } from "../../engine/plan-down.ts";
import { lockTtlMs, withLock } from "../../engine/with-lock.ts";
import { formatDuration } from "../../output/format-duration.ts";
import type { Report } from "../../output/report.ts";
import type { AppliedMigration } from "../../plan/applied-migration.ts";
import { keptReleases, type Release } from "../../plan/release.ts";
import type { Fence } from "../../ports/deploy-lock.ts";
import { readRevision } from "../../tools/git-revision.ts";
import { confirmChange } from "../confirm-target.ts";
import type { CommandContext } from "../context.ts";
import { parseFlags, splitList, targetFlags } from "../flags.ts";
import { openProject } from "../read-work.ts";
import type { Target } from "../target.ts";
import { unknownRelease } from "../unknown-release.ts";

const schema = z.strictObject({
  ...targetFlags,
  to: z.string().optional(),
  lose: z.string().optional(),
  cross: z.string().optional(),
  check: z.boolean().default(false),
  yes: z.boolean().default(false),
  confirm: z.string().optional(),
});

/** The plan's budget for the database (rollback plan: under 15 minutes). */
const budgetMs = 15 * 60_000;

/**
 * `bee rollback database [--to RELEASE]`: downs that lead from here to the release's catalog and back were run on a
 * scratch database before; then all of them and their history rows change in one transaction. Nothing is reset.
 */
export async function runRollbackDatabase(flags: unknown, ctx: CommandContext): Promise<Report> {
  const input = parseFlags(schema, flags);
  const project = await openProject(ctx, input.project);
  const target = await ctx.connect(project, input.target);
  try {
    ctx.emit({ type: "target", name: target.name, ref: target.ref, url: target.url });
    const started = ctx.clock.now();
    const [history, releases, { files }] = await Promise.all([
      target.ports.migrations.readHistory(),
      target.ports.ledger.readReleases(keptReleases),
      readMigrations(project.root),
    ]);
    const to = chooseRelease(releases, history, input.to);
    const downs = await readDowns(project.root, files);
    const plan = await planDown({
      reverter: target.reverter,
      shadow: ctx.shadow,
      history,
      release: (to?.migrations ?? history).map(({ version }) => version),
      files,
      downs: downs.files,
      downFindings: downs.findings,
      sampleRows: project.config.probe.rows,
      consent: { lose: splitList(input.lose), cross: splitList(input.cross) },
      note: (text) => ctx.emit({ type: "note", text }),
    });
    const took = (): string => `${formatDuration(ctx.clock.now() - started)} of ${formatDuration(budgetMs)}`;
    if (to == null || plan == null)
      return report(target, "nothing to take back", { data: { to: to?.id ?? null } });
    if (plan.findings.length > 0) return refuse(target, plan, to);
    if (input.check) {
      return report(target, `possible, proven in ${took()}; nothing was changed`, describePlan(plan, to));
    }
    const versions = plan.proof.downs.map(({ version }) => version).join(", ");
    await confirmChange(`take back ${versions}`, target, input, ctx);
    const outcome = await apply(plan, to, releases[0] ?? to, target, ctx, project.root);
    return report(
      target,
      `back at the migrations of ${to.id}, after ${took()}`,
      describeOutcome(outcome, plan, to),
    );
  } finally {
    await target.close();
  }
}

/** The newest release that knows fewer migrations than the target has, unless one is asked for. */
function chooseRelease(
  releases: readonly Release[],
  history: readonly AppliedMigration[],
  asked: string | undefined,
): Release | null {
  if (asked != null) {
    const release = releases.find(({ id }) => id === asked);
    if (release == null) throw unknownRelease(asked, releases);
    return release;
  }
  return releases.find(({ migrations }) => migrations.length < history.length) ?? null;
}

/** Applies under the lock and records what the target is then: the release's migrations, today's functions. */
async function apply(
  plan: DownPlan,
  to: Release,
  newest: Release,
  target: Target,
  ctx: CommandContext,
  root: string,
): Promise<DownOutcome> {
  const request = { holder: ctx.actor, message: "bee rollback database", ttlMs: lockTtlMs };
  return withLock(target.lock, request, ctx.signal, async (fence: Fence) => {
    const started = ctx.clock.now();
    const { migrations } = target.ports;
    const outcome = await applyDown({ plan, reverter: target.reverter, migrations, fence });
    const revision = await readRevision(root);
    const { projectRef, functions, secrets } = newest;
    await target.ports.ledger.record(
      {
        ...revision,
        projectRef,
        phase: "rollback database",
        planDigest: outcome.fingerprint,
        durationMs: ctx.clock.now() - started,
        actor: ctx.actor,
        tools: { bee: ctx.version, node: process.version },
        migrations: to.migrations,
        functions,
        secrets,
        gates: [],
      },
      fence,
    );
    return outcome;
  });
}

/** What would be lost or crossed, each with the flag that gives it up. */
function refuse(target: Target, plan: DownPlan, to: Release): Report {
  const lines = plan.findings.flatMap(({ detail, fix }) => [`no ${detail}`, `   ${fix}`]);
  return report(target, "nothing was changed", {
    ...describePlan(plan, to),
    exitCode: exitCodes.refused,
    text: lines.join("\n"),
  });
}

function report(target: Target, summary: string, rest: Partial<Report>): Report {
  return {
    command: "rollback database",
    target: { name: target.name, ref: target.ref, url: target.url },
    exitCode: exitCodes.ok,
    summary,
    ...rest,
  };
}

function describePlan({ proof, losses, unrecoverable }: DownPlan, to: Release): Partial<Report> {
  return {
    data: {
      to: to.id,
      downs: proof.downs.map(({ version, path }) => ({ version, path })),
      assembled: proof.assembled,
      losses,
      unrecoverable,
      notes: proof.notes,
    },
    facts: [
      ...proof.downs.map(({ path }) => ["down", path] as const),
      ...losses.map(
        ({ object, why, rows }) => ["lost", `${object}: ${why} (${rows ?? "some"} rows)`] as const,
      ),
      ...unrecoverable.map((line) => ["gone", line] as const),
    ],
  };
}

function describeOutcome({ undone, rows }: DownOutcome, plan: DownPlan, to: Release): Partial<Report> {
  return {
    data: { to: to.id, undone, rows, unrecoverable: plan.unrecoverable },
    facts: [
      ...undone.map((version) => ["taken back", version] as const),
      ...rows.map(
        ({ table, kept, lost, why }) =>
          [
            "rows",
            `${table}: ${kept} kept, ${lost} lost${why.length > 0 ? ` (${why.join("; ")})` : ""}`,
          ] as const,
      ),
      ...plan.unrecoverable.map((line) => ["gone", line] as const),
    ],
  };
}
