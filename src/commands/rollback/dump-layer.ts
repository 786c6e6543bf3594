import { resolve } from "node:path";
import { BeeError } from "../../core/bee-error.ts";
import { exitCodes } from "../../core/exit-code.ts";
import { type RestoredDump, restoreDump } from "../../engine/restore-dump.ts";
import { lockTtlMs } from "../../engine/with-lock.ts";
import { formatBytes } from "../../output/format-bytes.ts";
import { formatDuration } from "../../output/format-duration.ts";
import { formatSpan } from "../../plan/choose-restore-point.ts";
import { estimateDumpRestore, readDumpRate } from "../../plan/dump-rate.ts";
import type { DumpHeader, DumpTarget } from "../../ports/dump-restorer.ts";
import { readRevision } from "../../tools/git-revision.ts";
import { databaseBudgetMs } from "./database-layer.ts";
import { describeRows } from "./describe-rows.ts";
import type { Layer, LayerOutcome, LayerRequest, WayBack } from "./layer.ts";

export interface DumpWishes {
  /** A file, or `latest`: the newest that a deploy took of this target from this checkout. */
  readonly dump: string;
  /** What `--lose` named. */
  readonly lose: readonly string[];
}

/** What `--lose` has to name: the dump replaces whatever anybody wrote since. */
const everything = "writes";

/** The app's schemas from a dump by pg_dump, in one transaction; accounts and the platform's schemas stay. */
export function createDumpLayer(wishes: DumpWishes): Layer {
  return {
    name: "database",
    async prepare(request) {
      const { target, ctx } = request;
      const header = await target.dumpReader.read(await findDump(wishes.dump, request));
      const there = await target.dumpRestorer.readTarget(header.schemas);
      if (header.major !== there.major) throw otherMajor(header, there.major);
      if (header.schemas.length === 0 || header.foreign.length > 0) throw notAppsOwn(header);
      const [records, snapshots] = await Promise.all([
        target.evidence.read(["restore"], 20),
        target.ports.snapshots.list(),
      ]);
      const rpoMs = Math.max(0, ctx.clock.now() - Date.parse(header.takenAt));
      const { rtoMs, basis, line } = estimateDumpRestore(header.bytes, readDumpRate(records));
      const gone = snapshots.filter(({ takenAt }) => takenAt > header.takenAt);
      const { file, takenAt, schemas, versions } = header;
      return {
        layer: "database",
        change: `bring ${schemas.join(", ")} back from the dump of ${takenAt} and lose what was written since`,
        facts: [
          ["dump", `${file}, ${formatBytes(header.bytes)}, of ${takenAt}`],
          ["schemas", schemas.join(", ")],
          ["history", versions == null ? "not in the dump: it stays" : `${versions.length} migrations`],
          ["restore", line],
          ...there.newer.map((name) => ["stays", `schema ${name}, made since`] as const),
        ],
        data: { dump: file, takenAt, schemas, versions, bytes: header.bytes, rpoMs, rtoMs, basis },
        lost: [
          `everything written since ${takenAt} in ${schemas.join(", ")}: ${formatSpan(rpoMs)}; accounts stay`,
          ...gone.map((one) => `snapshot ${one.id} of ${one.takenAt}`),
        ],
        refusals: judge(header, there, wishes, rpoMs),
        budgetMs: databaseBudgetMs,
        apply: async () => describe(await apply(header, there, request), header),
      } satisfies WayBack;
    },
  };
}

async function findDump(dump: string, { target, ctx }: LayerRequest): Promise<string> {
  if (dump !== "latest") return resolve(ctx.cwd, dump);
  const [newest] = await target.ports.dumps.list();
  if (newest != null) return newest.file;
  throw new BeeError({
    code: "BEE-E357",
    message: `There is no dump of ${target.name} in this checkout`,
    detail: "Deploys keep them in .bee/dumps, on the machine that ran them. Nothing was changed.",
    hint: "Name a file: --from-dump FILE, or take the migrations back by downs: bee rollback database",
    exit: exitCodes.refused,
  });
}

function judge(
  { takenAt, schemas }: DumpHeader,
  { obstacles }: DumpTarget,
  { lose }: DumpWishes,
  rpoMs: number,
): WayBack["refusals"] {
  const lost = `everything written since ${takenAt} in ${schemas.join(", ")} would be lost: ${formatSpan(rpoMs)}`;
  return [
    ...(lose.includes(everything)
      ? []
      : [{ detail: lost, fix: `Accept it by naming it: --lose ${everything}` }]),
    ...lose
      .filter((object) => object !== everything)
      .map((object) => ({
        detail: `${object} cannot be named here: a dump replaces whatever was written since`,
        fix: `Name that instead: --lose ${everything}`,
      })),
    ...obstacles.map((what) => ({
      detail: `${what} lies outside the dump's schemas and needs what the dump replaces`,
      fix: "Drop it by hand, and make it again afterwards.",
    })),
  ];
}

async function apply(header: DumpHeader, there: DumpTarget, request: LayerRequest): Promise<RestoredDump> {
  const { target, ctx, project } = request;
  return restoreDump(
    {
      ref: target.ref,
      reader: target.dumpReader,
      restorer: target.dumpRestorer,
      lock: target.lock,
      request: { holder: ctx.actor, message: "bee rollback database --from-dump", ttlMs: lockTtlMs },
      ledger: target.ports.ledger,
      snapshots: target.ports.snapshots,
      evidence: target.evidence,
      migrations: target.ports.migrations,
      reverter: target.reverter,
      query: target.ports.database.query,
      revision: await readRevision(project.root),
      tools: { bee: ctx.version, node: process.version },
      clock: ctx.clock,
      signal: ctx.signal,
      note: (text) => ctx.emit({ type: "note", text }),
    },
    header,
    there,
  );
}

function describe(done: RestoredDump, { takenAt }: DumpHeader): LayerOutcome {
  const { versions, rows, release, left, tookMs } = done;
  const moved = rows.filter(({ lost, restored, why }) => lost > 0 || restored > 0 || why.length > 0);
  return {
    exitCode: exitCodes.ok,
    state: `the app's schemas are as of ${takenAt}, with ${versions.length} migrations`,
    facts: [
      ["took", formatDuration(tookMs)],
      ...moved.map(describeRows),
      ...left.map((what) => ["left out", `${what}: what it needs was made after the dump`] as const),
      ...(release == null ? [] : [["release", `${release.id}; functions are those live now`] as const]),
    ],
    data: { versions, rows, leftOut: left, release: release?.id ?? null, restoreMs: tookMs },
  };
}

function otherMajor({ file, major }: DumpHeader, server: number): BeeError {
  return new BeeError({
    code: "BEE-E363",
    message: `${file} is a dump of Postgres ${major} and is not restored into Postgres ${server}`,
    detail:
      "A rollback goes back to the same server; another version would be an upgrade. Nothing was changed.",
    hint: "Take the migrations back by downs: bee rollback database",
    exit: exitCodes.refused,
  });
}

function notAppsOwn({ file, foreign }: DumpHeader): BeeError {
  return new BeeError({
    code: "BEE-E362",
    message:
      foreign.length === 0
        ? `${file} holds no schema of the app`
        : `${file} holds schemas that are not the app's: ${foreign.join(", ")}`,
    detail: "Only dumps of the app's own schemas are brought back. Nothing was changed.",
    hint: "Take one with: pg_dump --format=custom --schema=public --schema=supabase_migrations …",
    exit: exitCodes.usage,
  });
}
