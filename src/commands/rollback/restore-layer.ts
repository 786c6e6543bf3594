import { randomUUID } from "node:crypto";
import { join } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { findRestorePoint } from "../../engine/restore-database.ts";
import { createRestoreFile, type PendingRestore, type RestoreFile } from "../../engine/restore-file.ts";
import {
  finishRestore,
  type RestoredTarget,
  type RestoreTargetInput,
  restoreTarget,
} from "../../engine/restore-target.ts";
import { lockTtlMs } from "../../engine/with-lock.ts";
import { formatDuration } from "../../output/format-duration.ts";
import { chooseDatabaseRestore } from "../../plan/assemble-restore.ts";
import { chooseReleasePoint } from "../../plan/choose-release-point.ts";
import { estimateRestore, formatSpan, type RestoreChoice } from "../../plan/choose-restore-point.ts";
import type { Release } from "../../plan/release.ts";
import { chooseRestoreEvidence, readRestoreRate } from "../../plan/restore-rate.ts";
import { readRevision } from "../../tools/git-revision.ts";
import { databaseBudgetMs } from "./database-layer.ts";
import { describeRows } from "./describe-rows.ts";
import type { Layer, LayerOutcome, LayerRequest, WayBack } from "./layer.ts";

export interface RestoreWishes {
  /** ISO 8601; the latest point at or before it. */
  readonly at?: string | undefined;
  /** Id of a backup. */
  readonly backup?: string | undefined;
  /** What `--lose` named. */
  readonly lose: readonly string[];
}

/** What `--lose` has to name: a restore takes back whatever anybody wrote since its point. */
const everything = "writes";

interface Point {
  readonly choice: RestoreChoice;
  /** Whose migrations the database holds then; null when nobody knows. */
  readonly to: Release | null;
}

/**
 * The whole database, from a backup point or by point-in-time recovery, chosen by moment, by id or by release; without
 * any, the point before the newest migrations. A restore that a killed run left is finished first.
 */
export function createRestoreLayer(wishes: RestoreWishes): Layer {
  return {
    name: "database",
    async prepare(request) {
      const { target, project, ctx } = request;
      const file = openRestoreFile(project.root, target.name);
      const revision = await readRevision(project.root);
      const input: RestoreTargetInput = {
        ref: target.ref,
        restorer: target.restorer,
        records: target.records,
        file,
        lock: target.lock,
        request: { holder: ctx.actor, message: "bee rollback database --restore", ttlMs: lockTtlMs },
        ledger: target.ports.ledger,
        evidence: target.evidence,
        migrations: target.ports.migrations,
        reverter: target.reverter,
        query: target.ports.database.query,
        revision,
        tools: { bee: ctx.version, node: process.version },
        clock: ctx.clock,
        signal: ctx.signal,
        note: (text) => ctx.emit({ type: "note", text }),
      };
      const pending = await file.read();
      if (pending != null && !(await target.records.isMarked(pending.mark))) return finishing(input, pending);
      return restoring(input, await choosePoint(request, wishes), pending, wishes, request);
    },
  };
}

/** Of a checkout and a target: what a restore that died left to do. */
export function openRestoreFile(root: string, target: string): RestoreFile {
  return createRestoreFile(join(root, ".bee/restore", `${target}.json`));
}

async function choosePoint(request: LayerRequest, { at, backup }: RestoreWishes): Promise<Point> {
  const { target, ctx, releases } = request;
  const { restorer } = target;
  if (at != null) return { choice: await findRestorePoint(restorer, at), to: null };
  const sources = await restorer.read();
  if (backup != null) {
    const found = sources.backups.find(({ id }) => id === backup);
    if (found == null) throw noPoint(`There is no backup ${backup}`, sources.backups);
    return { choice: { kind: "backup", ...found }, to: null };
  }
  const history = await target.ports.migrations.readHistory();
  const to = request.to ?? chooseDatabaseRestore(releases, { history });
  if (to == null) {
    return { choice: await findRestorePoint(restorer, new Date(ctx.clock.now()).toISOString()), to };
  }
  const choice = chooseReleasePoint(sources, to, releases, ctx.clock.now());
  if (choice == null) {
    throw noPoint(`No backup point holds the database as it was with ${to.id}`, sources.backups);
  }
  return { choice, to };
}

async function restoring(
  input: RestoreTargetInput,
  { choice, to }: Point,
  earlier: PendingRestore | null,
  wishes: RestoreWishes,
  { target, ctx }: LayerRequest,
): Promise<WayBack> {
  const hosted = target.name !== "local";
  const [size, records, snapshots] = await Promise.all([
    input.query<{ bytes: string }>("select pg_database_size(current_database()) as bytes"),
    input.evidence.read(chooseRestoreEvidence(hosted), 20),
    target.ports.snapshots.list(),
  ]);
  const bytes = Number(size[0]?.bytes ?? 0);
  const estimate = estimateRestore({
    choice,
    now: ctx.clock.now(),
    databaseBytes: bytes,
    hosted,
    rate: readRestoreRate(records),
  });
  const named = wishes.lose.includes(everything);
  const strangers = wishes.lose.filter((object) => object !== everything);
  const expected = to?.migrations.map(({ version }) => version) ?? null;
  const { rpoMs, rtoMs, basis } = estimate;
  return {
    layer: "database",
    change: `restore the whole database to ${choice.takenAt} and lose what was written since`,
    facts: estimate.lines.map((line) => ["restore", line] as const),
    data: { to: to?.id ?? null, point: choice, rpoMs, rtoMs, basis, bytes },
    lost: [
      `everything written since ${choice.takenAt}, accounts too: ${formatSpan(rpoMs)}`,
      ...snapshots
        .filter(({ takenAt }) => takenAt > choice.takenAt)
        .map(({ id, takenAt }) => `snapshot ${id} of ${takenAt}`),
    ],
    refusals: [
      ...(named
        ? []
        : [
            {
              detail: `everything written since ${choice.takenAt} would be lost: ${formatSpan(rpoMs)}`,
              fix: `Accept it by naming it: --lose ${everything}`,
            },
          ]),
      ...strangers.map((object) => ({
        detail: `${object} cannot be named here: a restore loses whatever was written since`,
        fix: `Name that instead: --lose ${everything}`,
      })),
    ],
    budgetMs: databaseBudgetMs,
    apply: async () =>
      describe(await restoreTarget(input, { mark: randomUUID(), choice, expected, bytes, earlier })),
  };
}

function finishing(input: RestoreTargetInput, pending: PendingRestore): WayBack {
  const { takenAt } = pending.choice;
  return {
    layer: "database",
    change: `finish the restore to ${takenAt} that an earlier run began`,
    facts: [["restore", `an earlier run restored ${takenAt} and died; what bee noted is put back`]],
    data: { to: null, point: pending.choice, finishes: true },
    lost: [],
    refusals: [],
    budgetMs: databaseBudgetMs,
    apply: async () => describe(await finishRestore(input, pending)),
  };
}

function describe(done: RestoredTarget): LayerOutcome {
  const { choice, versions, rows, release, newer, notKept, tookMs } = done;
  const moved = rows.filter(({ lost, restored, why }) => lost > 0 || restored > 0 || why.length > 0);
  return {
    exitCode: exitCodes.ok,
    state: `the database is as of ${choice.takenAt}, with ${versions.length} migrations`,
    facts: [
      ["away", formatDuration(tookMs)],
      ...moved.map(describeRows),
      ...(release == null ? [] : [["release", `${release.id}; functions are those live now`] as const]),
      ...(newer.length === 0 ? [] : [["newer", `${newer.join(", ")}: kept in the ledger`] as const]),
      ...notKept.map((what) => ["not kept", `${what}: another was recorded meanwhile`] as const),
    ],
    data: { point: choice, versions, rows, release: release?.id ?? null, newer, notKept, restoreMs: tookMs },
  };
}

function noPoint(
  message: string,
  backups: readonly { readonly id: string; readonly takenAt: string }[],
): BeeError {
  const known = backups.map(({ id, takenAt }) => `${id} of ${takenAt}`).join(", ");
  return new BeeError({
    code: "BEE-E357",
    message,
    detail: `${known === "" ? "There are no backups at all" : `There are: ${known}`}. Nothing was changed.`,
    hint:
      known === ""
        ? "Take the migrations back by downs (bee rollback database), or go forward with a repair."
        : "Name one with --backup ID, or take the migrations back by downs: bee rollback database",
    exit: exitCodes.refused,
  });
}
