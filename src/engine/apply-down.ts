import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { fingerprintCatalog } from "../plan/catalog.ts";
import { assembleExpected, findUnexpected } from "../plan/down-expectation.ts";
import type { AccountedTable } from "../plan/row-account.ts";
import { accountForDown } from "../plan/row-account.ts";
import type { Fence } from "../ports/deploy-lock.ts";
import type { MigrationStore } from "../ports/migration-store.ts";
import type { Reverted, SchemaReverter } from "../ports/schema-reverter.ts";
import type { DownPlan } from "./plan-down.ts";

export interface ApplyDownInput {
  readonly plan: DownPlan;
  readonly reverter: SchemaReverter;
  readonly migrations: Pick<MigrationStore, "readHistory">;
  readonly fence: Fence;
}

export interface DownOutcome {
  /** Versions taken back, newest first. */
  readonly undone: readonly string[];
  /** Of the target's catalog as read back; equal to the release's as proven. */
  readonly fingerprint: string;
  readonly rows: readonly AccountedTable[];
}

/**
 * Runs a plan's downs on the target and reads back. Before COMMIT the catalog has to be the expected one and no table
 * may have lost rows that nobody gave up; after it, history and catalog are read once more.
 */
export async function applyDown({ plan, reverter, migrations, fence }: ApplyDownInput): Promise<DownOutcome> {
  if (plan.findings.length > 0) throw refused(plan);
  const { proof, losses } = plan;
  const expected = assembleExpected(plan.target, proof);
  const judge = ({ catalog, rows }: Reverted): readonly string[] => [
    ...findUnexpected(expected, catalog, proof.release),
    ...rows.flatMap(({ table, before, after }) => {
      const given = losses.some(
        (loss) => loss.table === table && (loss.kind === "table" || loss.kind === "rows"),
      );
      return !given && (after ?? 0) < before ? [`${table} keeps ${after ?? 0} of ${before} rows`] : [];
    }),
  ];
  const present = new Set(
    plan.target.objects
      .filter(({ kind, facets }) => kind === "table" && facets["form"] !== "foreign")
      .map(({ name }) => name),
  );
  const given = losses.flatMap(({ table }) => (table == null ? [] : [table]));
  const tables = [...new Set([...proof.touched, ...given])].filter((table) => present.has(table)).sort();
  const reverted = await reverter.revert({ downs: proof.downs, history: plan.history, tables, judge }, fence);
  await readBack({ plan, reverter, migrations, expected: fingerprintCatalog(reverted.catalog) });
  return {
    undone: proof.downs.map(({ version }) => version),
    fingerprint: fingerprintCatalog(reverted.catalog),
    rows: accountForDown(reverted.rows, losses),
  };
}

async function readBack(input: {
  readonly plan: DownPlan;
  readonly reverter: SchemaReverter;
  readonly migrations: Pick<MigrationStore, "readHistory">;
  readonly expected: string;
}): Promise<void> {
  const gone = new Set(input.plan.proof.downs.map(({ version }) => version));
  const [history, catalog] = await Promise.all([
    input.migrations.readHistory(),
    input.reverter.readCatalog(),
  ]);
  const left = history
    .filter(({ version }) => gone.has(version))
    .map(({ version }) => `${version} is in the history`);
  const moved =
    fingerprintCatalog(catalog) === input.expected ? [] : ["the catalog is not the one that was committed"];
  const reasons = [...left, ...moved];
  if (reasons.length === 0) return;
  throw new BeeError({
    code: "BEE-E356",
    message: "The rollback was committed, but what is read back differs",
    detail: reasons.join("\n"),
    hint: "Somebody changed the target at the same time: bee status",
    exit: exitCodes.rollbackFailed,
  });
}

function refused({ findings }: DownPlan): BeeError {
  const crossing = findings.every(({ rule }) => rule === "down-crosses-contract");
  return new BeeError({
    code: crossing ? "BEE-E348" : "BEE-E347",
    message: crossing
      ? "The rollback would cross a contract migration that nobody named"
      : "The rollback would lose data that nobody gave up",
    detail: [...findings.map(({ detail }) => detail), "The target was not touched."].join("\n"),
    hint: findings.map(({ fix }) => fix).join("\n"),
    exit: exitCodes.refused,
  });
}
