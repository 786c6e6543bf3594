import { readDowns } from "../../config/read-downs.ts";
import { readMigrations } from "../../config/read-migrations.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { applyDown, type DownOutcome } from "../../engine/apply-down.ts";
import { type DownPlan, planDown } from "../../engine/plan-down.ts";
import { lockTtlMs, withLock } from "../../engine/with-lock.ts";
import type { AppliedMigration } from "../../plan/applied-migration.ts";
import type { Consent } from "../../plan/judge-down.ts";
import type { Release } from "../../plan/release.ts";
import type { Fence } from "../../ports/deploy-lock.ts";
import { readRevision } from "../../tools/git-revision.ts";
import type { Layer, LayerOutcome, LayerRequest, WayBack } from "./layer.ts";

/** The plan's budget for the database (rollback plan: under 15 minutes). */
const budgetMs = 15 * 60_000;

/**
 * Downs that lead from here to the release's catalog and back are run on a scratch database by `prepare`; `apply` runs
 * them and changes their history rows in one transaction. Without a release: the newest that knows fewer migrations.
 */
export function createDatabaseLayer(consent: Consent): Layer {
  return {
    name: "database",
    async prepare(request) {
      const { target, project, ctx, releases } = request;
      const [history, { files }] = await Promise.all([
        target.ports.migrations.readHistory(),
        readMigrations(project.root),
      ]);
      const to = request.to ?? chooseRelease(releases, history);
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
        consent,
        note: (text) => ctx.emit({ type: "note", text }),
      });
      return to == null || plan == null ? null : describeWay(plan, to, request);
    },
  };
}

function chooseRelease(releases: readonly Release[], history: readonly AppliedMigration[]): Release | null {
  return releases.find(({ migrations }) => migrations.length < history.length) ?? null;
}

function describeWay(plan: DownPlan, to: Release, request: LayerRequest): WayBack {
  const { proof, losses, unrecoverable, findings } = plan;
  const { downs, assembled, notes } = proof;
  return {
    layer: "database",
    change: `take back ${downs.map(({ version }) => version).join(", ")}`,
    facts: downs.map(({ path }) => ["down", path] as const),
    data: {
      to: to.id,
      downs: downs.map(({ version, path }) => ({ version, path })),
      assembled,
      losses,
      unrecoverable,
      notes,
    },
    lost: [
      ...losses.map(({ object, why, rows }) => `${object}: ${why} (${rows ?? "some"} rows)`),
      ...unrecoverable,
    ],
    refusals: findings,
    budgetMs,
    apply: async () => describeOutcome(await applyUnderLock(plan, to, request), plan, to),
  };
}

/** Records what the target is then: the release's migrations, today's functions. */
async function applyUnderLock(
  plan: DownPlan,
  to: Release,
  { target, ctx, project, releases }: LayerRequest,
): Promise<DownOutcome> {
  const request = { holder: ctx.actor, message: "bee rollback database", ttlMs: lockTtlMs };
  const newest = releases[0] ?? to;
  return withLock(target.lock, request, ctx.signal, async (fence: Fence) => {
    const started = ctx.clock.now();
    const { migrations } = target.ports;
    const outcome = await applyDown({ plan, reverter: target.reverter, migrations, fence });
    const revision = await readRevision(project.root);
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

function describeOutcome({ undone, rows }: DownOutcome, plan: DownPlan, to: Release): LayerOutcome {
  return {
    exitCode: exitCodes.ok,
    state: `back at the migrations of ${to.id}`,
    facts: [
      ...undone.map((version) => ["taken back", version] as const),
      ...rows.map(({ table, kept, lost, why }) => {
        const reasons = why.length > 0 ? ` (${why.join("; ")})` : "";
        return ["rows", `${table}: ${kept} kept, ${lost} lost${reasons}`] as const;
      }),
      ...plan.unrecoverable.map((line) => ["gone", line] as const),
    ],
    data: { to: to.id, undone, rows, unrecoverable: plan.unrecoverable },
  };
}
