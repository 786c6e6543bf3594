import type { MigrationFile } from "../plan/migration-file.ts";
import type { Fence } from "../ports/deploy-lock.ts";
import type { Reverted, RevertRequest, TableCount } from "../ports/schema-reverter.ts";
import { readCatalogWithin } from "./catalog-reader.ts";
import type { Session } from "./database.ts";
import { isConnectionLost, isServerError } from "./database-error.ts";
import { historyMoved, judgedWrong, RevertFailure, revertEndedTransaction } from "./revert-error.ts";
import { CommitInFlight, countCommands, StatementFailure, toOffset } from "./statement-failure.ts";

export interface RevertInput {
  readonly session: Session;
  readonly request: RevertRequest;
  readonly fence: Fence;
  readonly lockTimeoutMs: number;
  /** Called with what is about to be committed, should the answer to COMMIT be lost. */
  readonly note: (reverted: Reverted) => void;
}

const resetSql = "reset session authorization; reset all";
const historyTable = "supabase_migrations.schema_migrations";

/**
 * Everything in one transaction, message by message, COMMIT alone at the end: who dies before leaves nothing. The
 * history is locked first, so that no deploy applies a migration meanwhile.
 */
export async function revertInTransaction(input: RevertInput): Promise<Reverted> {
  const { session, request, fence, lockTimeoutMs, note } = input;
  try {
    await session.query(
      [
        "begin",
        `set local lock_timeout = ${Math.ceil(lockTimeoutMs)}`,
        `select bee.assert_fence(${fence.token}, false)`,
        `lock table ${historyTable} in share row exclusive mode`,
      ].join(";\n"),
    );
    await checkHistory(session, request.history);
    if (request.tables.length > 0) {
      await session.query(`lock table ${request.tables.join(", ")} in access exclusive mode`);
    }
    const before = await countTables(session, request.tables);
    for (const down of request.downs) await runDown(session, down);
    await session.query(`reset session authorization; set local lock_timeout = ${Math.ceil(lockTimeoutMs)}`);
    await deleteHistory(session, request.downs);
    const catalog = await readCatalogWithin(session);
    const after = await countTables(session, request.tables);
    const rows = request.tables.map(
      (table): TableCount => ({ table, before: before.get(table) ?? 0, after: after.get(table) ?? null }),
    );
    const reasons = request.judge({ catalog, rows });
    if (reasons.length > 0) throw judgedWrong(reasons);
    note({ catalog, rows });
    await commit(session, fence);
    return { catalog, rows };
  } catch (error) {
    await session.query(`rollback; ${resetSql}`).catch(() => {});
    throw error;
  }
}

async function checkHistory(session: Session, expected: readonly string[]): Promise<void> {
  const { rows } = await session.query<{ version: string }>(
    `select version from ${historyTable} order by version collate "C"`,
  );
  const found = rows.map(({ version }) => version);
  const wanted = [...expected].sort();
  if (found.join() !== wanted.join()) throw historyMoved(wanted, found);
}

/** Exact counts; tables that are not there are left out. */
async function countTables(
  session: Session,
  tables: readonly string[],
): Promise<ReadonlyMap<string, number>> {
  const counts = new Map<string, number>();
  for (const table of tables) {
    const { rows: there } = await session.query("select from pg_class where oid = to_regclass($1)", [table]);
    if (there.length === 0) continue;
    const { rows } = await session.query<{ rows: string }>(`select count(*) as rows from ${table}`);
    counts.set(table, Number(rows[0]?.rows ?? 0));
  }
  return counts;
}

async function runDown(session: Session, down: MigrationFile): Promise<void> {
  const executed = down.statements.filter(({ kind }) => kind !== "empty");
  await countCommands(
    session,
    () => session.query(down.sql),
    (completed, error) => {
      if (!isServerError(error)) return error;
      const offset = toOffset(down.sql, error.position);
      return new RevertFailure(down, new StatementFailure(error, executed[completed] ?? null, offset));
    },
  );
  if (session.getTransactionStatus() !== "T") throw revertEndedTransaction(down);
}

async function deleteHistory(session: Session, downs: readonly MigrationFile[]): Promise<void> {
  const versions = downs.map(({ version }) => session.escapeLiteral(version)).join(", ");
  await session.query(`delete from ${historyTable} where version in (${versions})`);
}

async function commit(session: Session, { token }: Fence): Promise<void> {
  try {
    await session.query(`select bee.assert_fence(${token}, true); commit; ${resetSql}`);
  } catch (error) {
    if (isConnectionLost(error) || !isServerError(error)) throw new CommitInFlight(error);
    throw error;
  }
}
