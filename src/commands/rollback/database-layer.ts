import { readDowns } from "../../config/read-downs.ts";
import { readMigrations } from "../../config/read-migrations.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { applyDown, type DownOutcome } from "../../engine/apply-down.ts";
import { mergeSnapshots } from "../../engine/merge-snapshots.ts";
import { type DownPlan, planDown } from "../../engine/plan-down.ts";
import { lockTtlMs, withLock } from "../../engine/with-lock.ts";
import { chooseDatabaseRestore, databaseRollbackPhase, hasMigrations } from "../../plan/assemble-restore.ts";
import { sha256 } from "../../plan/digest.ts";
import type { Consent } from "../../plan/judge-down.ts";
import type { Release } from "../../plan/release.ts";
import { renderIntent } from "../../plan/rollback-intent.ts";
import type { AccountedTable } from "../../plan/row-account.ts";
import { applyCover, type Cover, chooseMerges, type KnownSnapshot } from "../../plan/snapshot-cover.ts";
import type { Fence } from "../../ports/deploy-lock.ts";
import { readRevision } from "../../tools/git-revision.ts";
import { describeRows } from "./describe-rows.ts";
import type { Layer, LayerOutcome, LayerRequest, WayBack } from "./layer.ts";
import { nameRestore, restoreCommand } from "./name-restore.ts";

/** The plan's budget for the database (rollback plan: under 15 minutes). */
export const databaseBudgetMs = 15 * 60_000;

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
      const to = request.to ?? request.underway?.to ?? chooseDatabaseRestore(releases, { history });
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
      }).catch(async (error: unknown) => {
        throw await nameRestore(error, target);
      });
      if (to == null) return null;
      const there = new Set(to.migrations.map(({ version }) => version));
      const kept = history.map(({ version }) => version).filter((version) => there.has(version));
      const merges = chooseMerges(await target.ports.snapshots.list(), kept);
      if (plan != null) return describeWay(plan, applyCover(plan.proof.contracts, plan, merges), to, request);
      // A rollback that died between its commit and its record left the state right and the ledger behind.
      const recorded = releases[0] != null && hasMigrations({ history }, releases[0]);
      return recorded && merges.length === 0 ? null : describeRecord(to, merges, request);
    },
  };
}

function describeWay(found: DownPlan, cover: Cover, to: Release, request: LayerRequest): WayBack {
  const plan = { ...found, findings: cover.findings, unrecoverable: cover.unrecoverable };
  const { proof, losses, unrecoverable, findings } = plan;
  const { downs, assembled, notes } = proof;
  return {
    layer: "database",
    change: `take back ${downs.map(({ version }) => version).join(", ")}`,
    facts: [
      ...downs.map(({ path }) => ["down", path] as const),
      ...cover.returning.map((line) => ["rows", line] as const),
      ...(findings.length > 0 ? [["instead", restoreCommand(request.target)] as const] : []),
    ],
    data: {
      to: to.id,
      downs: downs.map(({ version, path }) => ({ version, path })),
      assembled,
      losses,
      unrecoverable,
      returning: cover.returning,
      notes,
    },
    lost: [
      ...losses
        .filter(({ rows }) => rows !== 0)
        .map(({ object, why, rows }) => `${object}: ${why} (${rows ?? "some"} rows)`),
      ...unrecoverable,
    ],
    refusals: findings,
    budgetMs: databaseBudgetMs,
    apply: async () => describeOutcome(await applyUnderLock(plan, to, request), plan, to),
  };
}

function describeRecord(to: Release, merges: readonly KnownSnapshot[], request: LayerRequest): WayBack {
  const { returning } = applyCover([], { findings: [], unrecoverable: [] }, merges);
  return {
    layer: "database",
    change: `record that the migrations are those of ${to.id}`,
    facts: [
      ["database", `holds the migrations of ${to.id} already`],
      ...returning.map((line) => ["rows", line] as const),
    ],
    data: { to: to.id, downs: [], returning },
    lost: [],
    refusals: [],
    budgetMs: databaseBudgetMs,
    apply: async () => {
      const { migrations, snapshots } = request.target.ports;
      const rows = await underLock(to, request, async (fence) => {
        const merged = await mergeSnapshots({ snapshots, migrations, fence });
        await record(to, sha256(to.id), 0, request, fence);
        return merged;
      });
      return {
        exitCode: exitCodes.ok,
        state: `back at the migrations of ${to.id}`,
        facts: rows.map(describeRows),
        data: { to: to.id, undone: [], rows: [], merged: rows },
      };
    },
  };
}

type Applied = DownOutcome & { readonly merged: readonly AccountedTable[] };

async function applyUnderLock(plan: DownPlan, to: Release, request: LayerRequest): Promise<Applied> {
  const { target, ctx } = request;
  return underLock(to, request, async (fence) => {
    const started = ctx.clock.now();
    const { migrations, snapshots } = target.ports;
    const outcome = await applyDown({ plan, reverter: target.reverter, migrations, fence });
    const merged = await mergeSnapshots({ snapshots, migrations, fence });
    await record(to, outcome.fingerprint, ctx.clock.now() - started, request, fence);
    return { ...outcome, merged };
  });
}

function underLock<T>(
  to: Release,
  { target, ctx }: LayerRequest,
  work: (fence: Fence) => Promise<T>,
): Promise<T> {
  const request = { holder: ctx.actor, message: renderIntent("database", to), ttlMs: lockTtlMs };
  return withLock(target.lock, request, ctx.signal, work);
}

/** What the target is then: the release's migrations, the functions of whoever deployed or rolled back last. */
async function record(
  to: Release,
  planDigest: string,
  durationMs: number,
  { target, ctx, project }: LayerRequest,
  fence: Fence,
): Promise<void> {
  const { ledger } = target.ports;
  const [revision, [newest = to]] = await Promise.all([readRevision(project.root), ledger.readReleases(1)]);
  const { projectRef, functions, secrets } = newest;
  await ledger.record(
    {
      ...revision,
      projectRef,
      phase: databaseRollbackPhase,
      restores: to.id,
      planDigest,
      durationMs,
      actor: ctx.actor,
      tools: { bee: ctx.version, node: process.version },
      migrations: to.migrations,
      functions,
      secrets,
      gates: [],
    },
    fence,
  );
}

function describeOutcome({ undone, rows, merged }: Applied, plan: DownPlan, to: Release): LayerOutcome {
  return {
    exitCode: exitCodes.ok,
    state: `back at the migrations of ${to.id}`,
    facts: [
      ...undone.map((version) => ["taken back", version] as const),
      ...rows.map(describeRows),
      ...merged.map(describeRows),
      ...plan.unrecoverable.map((line) => ["gone", line] as const),
    ],
    data: { to: to.id, undone, rows, merged, unrecoverable: plan.unrecoverable },
  };
}
