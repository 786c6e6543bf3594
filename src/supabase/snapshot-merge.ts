import type { AccountedTable } from "../plan/row-account.ts";
import type { Session } from "./database.ts";
import { isServerError } from "./database-error.ts";
import {
  advanceSequencesSql,
  renderMerge,
  renderNow,
  type SnapshotTable,
  triggersSql,
} from "./snapshot-sql.ts";

interface MergeInput {
  readonly session: Session;
  readonly id: number;
  readonly table: SnapshotTable;
  /** Column → type, as the table is now. */
  readonly present: ReadonlyMap<string, string>;
  readonly closed: boolean;
}

interface Counts {
  readonly now: number;
  readonly taken_back: number;
  readonly disputed: number;
  readonly deleted_since: number;
  readonly added: number;
}

/** False when rows cannot be told apart once columns are gone. */
export function hasLastingKey(table: SnapshotTable, gone: readonly string[]): boolean {
  return table.key.length > 0 ? !table.key.some((column) => gone.includes(column)) : gone.length === 0;
}

/** Inside the caller's transaction. The table is locked: what is counted is what is there. */
export async function mergeTable({
  session,
  id,
  table,
  present,
  closed,
}: MergeInput): Promise<AccountedTable> {
  const { name } = table;
  await session.query(`lock table ${name} in share row exclusive mode`);
  const gone = table.gone ?? [];
  if (!hasLastingKey(table, gone) && gone.length < table.columns.length) {
    const [kept] = (await session.query<{ rows: number }>(`select count(*)::int as rows from ${name}`)).rows;
    const why = `${name} has no key that outlasts ${gone.join(", ")}: their values stay in snapshot ${id}`;
    return { table: name, kept: kept?.rows ?? 0, lost: 0, restored: 0, why: [why] };
  }
  await session.query(renderNow(table, [...present.keys()]));
  const sql = renderMerge(id, table, present, closed);
  const [counts] = (await session.query<Counts>(sql.count)).rows;
  const { rows: triggers } = await session.query<{ name: string }>(triggersSql, [name]);
  for (const trigger of triggers) await session.query(`alter table ${name} disable trigger ${trigger.name}`);
  const updated = sql.update == null ? 0 : ((await session.query(sql.update)).rowCount ?? 0);
  await insertMissing(session, sql);
  for (const trigger of triggers) await session.query(`alter table ${name} enable trigger ${trigger.name}`);
  for (const { sql: advance } of (await session.query<{ sql: string }>(advanceSequencesSql, [name])).rows) {
    await session.query(advance);
  }
  const { rows: refused } = await session.query<{ refused: string; rows: number }>(
    "select refused, count(*)::int as rows from bee.snapshot_rows where snapshot = $1 and relation = $2 and refused is not null group by 1",
    [id, name],
  );
  const [after] = (await session.query<{ rows: number }>(`select count(*)::int as rows from ${name}`)).rows;
  await session.query("drop table bee_now");
  return account(name, {
    counts,
    updated,
    refused,
    after: after?.rows ?? 0,
    hasKey: table.key.length > 0,
    closed,
  });
}

/** All at once; when a constraint refuses one, row by row, and the refused ones are noted. */
async function insertMissing(session: Session, sql: ReturnType<typeof renderMerge>): Promise<void> {
  await session.query("savepoint bee_insert");
  try {
    await session.query(`${sql.insert}; set constraints all immediate`);
  } catch (error) {
    if (!isServerError(error) || !/^(23|22P02)/.test(error.code)) throw error;
    await session.query("rollback to savepoint bee_insert; set constraints all immediate");
    await session.query(sql.insertEach);
  }
  await session.query("release savepoint bee_insert");
}

interface AccountInput {
  readonly counts: Counts | undefined;
  readonly updated: number;
  readonly refused: readonly { readonly refused: string; readonly rows: number }[];
  readonly after: number;
  readonly hasKey: boolean;
  readonly closed: boolean;
}

function account(table: string, input: AccountInput): AccountedTable {
  const { counts, updated, refused, after, hasKey, closed } = input;
  const before = counts?.now ?? 0;
  const inserted = Math.max(0, after - before);
  const lost = refused.reduce((sum, { rows }) => sum + rows, 0);
  const said = (rows: number | undefined, what: string): readonly string[] =>
    rows == null || rows === 0 ? [] : [`${rows} ${rows === 1 ? "row" : "rows"} ${what}`];
  return {
    table,
    kept: before - updated,
    lost,
    restored: updated + inserted,
    why: [
      ...said(inserted, "brought back"),
      ...said(updated, "given their former values"),
      ...said(counts?.disputed, "changed since by somebody: kept as they are now"),
      ...said(counts?.deleted_since, "deleted since by somebody: left deleted"),
      ...said(counts?.added, "added by the migration: kept"),
      ...refused.map(({ refused: reason, rows }) => `${rows} not brought back: ${reason}`),
      ...(hasKey ? [] : [`${table} has no primary key: a changed row counts as one lost and one new`]),
      ...(closed ? [] : ["what the migration did was not noted: rows missing now were all brought back"]),
    ],
  };
}
