import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { AccountedTable } from "../plan/row-account.ts";
import { lockLost } from "../ports/lock-lost.ts";
import type { TableSnapshot, TableSnapshots } from "../ports/table-snapshots.ts";
import { ensureBeeSchema, fenceLostState, isSchemaMissing } from "./bee-schema.ts";
import type { Database, Session } from "./database.ts";
import { describeQueryFailure, sqlState } from "./database-error.ts";
import { hasLastingKey, mergeTable } from "./snapshot-merge.ts";
import {
  describeSql,
  exactTextSql,
  renderClose,
  renderCloseGone,
  renderTake,
  type SnapshotColumn,
  type SnapshotTable,
  snapshotSchemaSql,
} from "./snapshot-sql.ts";

interface SnapshotRow {
  readonly id: string;
  readonly label: string;
  readonly taken_at: Date;
  readonly closed_at: Date | null;
  readonly merged_at: Date | null;
  readonly bytes: string;
  readonly tables: readonly SnapshotTable[];
}

interface Described {
  readonly name: string;
  readonly bytes: string;
  readonly columns: readonly SnapshotColumn[];
  readonly key: readonly string[];
}

/** Snapshots in schema bee. Every write checks the fence and is one transaction. */
export function createTableSnapshots(database: Database): TableSnapshots {
  async function write<T>(
    token: number,
    what: string,
    work: (session: Session) => Promise<T>,
    isolation = "repeatable read",
  ): Promise<T> {
    return database.withSession(async (session) => {
      try {
        await session.query(
          `begin isolation level ${isolation}; set local lock_timeout = '10s'; ${exactTextSql}; select bee.assert_fence(${token}, true)`,
        );
        const done = await work(session);
        await session.query("commit");
        return done;
      } catch (error) {
        await session.query("rollback").catch(() => {});
        if (sqlState(error) === fenceLostState) throw lockLost(error);
        throw describeQueryFailure(error, what);
      }
    });
  }

  return {
    async list() {
      try {
        const rows = await database.query<SnapshotRow>("select * from bee.snapshots order by id desc");
        return rows.map(toSnapshot);
      } catch (error) {
        if (isSchemaMissing(error)) return [];
        throw describeQueryFailure(error, "The snapshots");
      }
    },
    async take(label, tables, maxBytes, { token }) {
      await ensureBeeSchema(database);
      await write(token, "The snapshots cannot be kept", (session) => session.query(snapshotSchemaSql));
      return write(token, "No snapshot can be taken", (session) =>
        takeSnapshot(session, label, tables, maxBytes),
      );
    },
    close: (id, { token }) =>
      write(token, "The snapshot cannot be completed", (session) => closeSnapshot(session, id)),
    merge: (id, { token }) =>
      write(
        token,
        "The snapshot cannot be merged",
        async (session) => {
          const { tables, closed_at } = await readSnapshot(session, id);
          const present = await describeTables(
            session,
            tables.map(({ name }) => name),
          );
          const missing = tables.filter(({ name }) => !present.has(name)).map(({ name }) => name);
          if (missing.length > 0) throw tableMissing(id, missing);
          const merged: AccountedTable[] = [];
          for (const table of tables) {
            const columns = new Map(present.get(table.name)?.columns.map(({ name, type }) => [name, type]));
            merged.push(
              await mergeTable({ session, id, table, present: columns, closed: closed_at != null }),
            );
          }
          await session.query("update bee.snapshots set merged_at = clock_timestamp() where id = $1", [id]);
          return merged;
        },
        // Each table is locked before it is read: what users wrote until then has to be seen.
        "read committed",
      ),
    async drop(id, { token }) {
      await write(token, "The snapshot cannot be dropped", (session) =>
        session.query("delete from bee.snapshots where id = $1", [id]),
      );
    },
  };
}

async function takeSnapshot(
  session: Session,
  label: string,
  names: readonly string[],
  maxBytes: number,
): Promise<TableSnapshot> {
  const described = [...(await describeTables(session, names)).values()];
  const bytes = described.reduce((sum, table) => sum + Number(table.bytes), 0);
  if (bytes > maxBytes) throw tooLarge(described, bytes, maxBytes);
  const plain = described.map(
    ({ name, columns, key }): SnapshotTable => ({ name, columns, key, rows: 0, gone: null }),
  );
  const { rows } = await session.query<{ id: string }>(
    "insert into bee.snapshots (label, bytes, tables) values ($1, $2, '[]') returning id",
    [label, bytes],
  );
  const id = Number(rows[0]?.id);
  const tables: SnapshotTable[] = [];
  for (const table of plain) {
    const { rowCount } = await session.query(renderTake(id, table));
    tables.push({ ...table, rows: rowCount ?? 0 });
  }
  await session.query("update bee.snapshots set tables = $2 where id = $1", [id, JSON.stringify(tables)]);
  return toSnapshot(await readSnapshot(session, id));
}

async function closeSnapshot(session: Session, id: number): Promise<void> {
  const { tables, closed_at } = await readSnapshot(session, id);
  if (closed_at != null) return;
  const present = await describeTables(
    session,
    tables.map(({ name }) => name),
  );
  const closed: SnapshotTable[] = [];
  for (const table of tables) {
    const columns = present.get(table.name)?.columns.map(({ name }) => name);
    const gone = table.columns.map(({ name }) => name).filter((name) => !(columns ?? []).includes(name));
    if (columns == null) await session.query(renderCloseGone(id, table));
    else if (hasLastingKey(table, gone)) await session.query(renderClose(id, table, columns));
    closed.push({ ...table, gone });
  }
  await session.query("update bee.snapshots set tables = $2, closed_at = clock_timestamp() where id = $1", [
    id,
    JSON.stringify(closed),
  ]);
}

async function describeTables(
  session: Session,
  names: readonly string[],
): Promise<ReadonlyMap<string, Described>> {
  const { rows } = await session.query<Described>(describeSql, [names]);
  return new Map(rows.map((row) => [row.name, row]));
}

async function readSnapshot(session: Session, id: number): Promise<SnapshotRow> {
  const { rows } = await session
    .query<SnapshotRow>("select * from bee.snapshots where id = $1", [id])
    .catch((error: unknown) => {
      if (isSchemaMissing(error)) return { rows: [] };
      throw error;
    });
  if (rows[0] == null) throw noSnapshot(id);
  return rows[0];
}

function toSnapshot(row: SnapshotRow): TableSnapshot {
  return {
    id: Number(row.id),
    label: row.label,
    takenAt: row.taken_at.toISOString(),
    closedAt: row.closed_at?.toISOString() ?? null,
    mergedAt: row.merged_at?.toISOString() ?? null,
    tables: row.tables.map(({ name, rows }) => ({ name, rows })),
    bytes: Number(row.bytes),
  };
}

function tooLarge(tables: readonly Described[], bytes: number, maxBytes: number): BeeError {
  const mb = (value: number): string => `${Math.ceil(value / 1024 ** 2)} MiB`;
  return new BeeError({
    code: "BEE-E359",
    message: `No snapshot is taken: the tables the migrations touch hold ${mb(bytes)}, the limit is ${mb(maxBytes)}`,
    detail: [
      ...tables.map(({ name, bytes: own }) => `${name}: ${mb(Number(own))}`),
      "Nothing was changed.",
    ].join("\n"),
    hint: "Enable point-in-time recovery (Project settings › Add-ons), or split the migration.",
    exit: exitCodes.refused,
  });
}

function noSnapshot(id: number): BeeError {
  return new BeeError({
    code: "BEE-E360",
    message: `There is no snapshot ${id}`,
    detail: "Nothing was changed.",
    hint: "bee rollback database --check",
    exit: exitCodes.usage,
  });
}

function tableMissing(id: number, tables: readonly string[]): BeeError {
  return new BeeError({
    code: "BEE-E360",
    message: `Snapshot ${id} cannot be merged: ${tables.join(", ")} ${tables.length === 1 ? "does" : "do"} not exist`,
    detail: "A snapshot holds rows, not tables. Nothing was changed.",
    hint: "Take the migration back first: bee rollback database",
    exit: exitCodes.refused,
  });
}
