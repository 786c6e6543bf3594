import { lockLost } from "../ports/lock-lost.ts";
import type { BeeRecords, RecordKeeper } from "../ports/record-keeper.ts";
import { ensureBeeSchema, fenceLostState, isSchemaMissing } from "./bee-schema.ts";
import type { Database, Session } from "./database.ts";
import { describeQueryFailure, sqlState } from "./database-error.ts";

/** Tables whose rows are carried, with their primary keys. Lock, progress and snapshots belong to the data. */
const tables = {
  bundles: "sha256",
  releases: "number",
  evidence: "seq",
  audit: "id",
  traffic_pins: "service",
} as const;

type CarriedTable = keyof typeof tables;
const names = Object.keys(tables) as readonly CarriedTable[];

const markAction = "restore";

const settleSql = `
with ended as (delete from bee.deploy_lock where acquired_at < $2::timestamptz)
select setval('bee.fence_token', greatest($1::bigint, (select last_value from bee.fence_token)))`;

const auditSequenceSql =
  "select setval(pg_get_serial_sequence('bee.audit', 'id'), (select coalesce(max(id), 1) from bee.audit))";

/** Rows of schema bee as jsonb, so that a later bee with more columns can still read them. */
export function createRecordKeeper(database: Database): RecordKeeper {
  async function transaction<T>(work: (session: Session) => Promise<T>): Promise<T> {
    return database.withSession(async (session) => {
      try {
        await session.query("begin; set local lock_timeout = '10s'; set local timezone = 'UTC'");
        const done = await work(session);
        await session.query("commit");
        return done;
      } catch (error) {
        await session.query("rollback").catch(() => {});
        if (sqlState(error) === fenceLostState) throw lockLost(error);
        throw describeQueryFailure(error, "What bee noted in the target");
      }
    });
  }

  return {
    carry: (mark, { token }) =>
      transaction(async (session) => {
        await session.query(`select bee.assert_fence(${token}, true)`);
        const records: Record<string, BeeRecords[string]> = {};
        for (const table of names) records[table] = await readRows(session, table);
        await session.query("insert into bee.audit (action, actor, token, detail) values ($1, $2, $3, $4)", [
          markAction,
          "bee",
          token,
          mark,
        ]);
        return records;
      }),
    async isMarked(mark) {
      try {
        const sql = "select from bee.audit where action = $1 and detail = $2";
        return (await database.query(sql, [markAction, mark])).length > 0;
      } catch (error) {
        if (isSchemaMissing(error)) return false;
        throw describeQueryFailure(error, "What bee noted in the target");
      }
    },
    async bringBack(records, { token, acquiredAt }) {
      await ensureBeeSchema(database);
      return transaction(async (session) => {
        await session.query(
          `lock table ${names.map((name) => `bee.${name}`).join(", ")} in share row exclusive mode`,
        );
        await session.query(settleSql, [token, acquiredAt]);
        const refused: string[] = [];
        for (const table of names) refused.push(...(await addRows(session, table, records[table] ?? [])));
        await session.query(auditSequenceSql);
        return refused;
      });
    },
  };
}

async function readRows(session: Session, table: CarriedTable): Promise<BeeRecords[string]> {
  const { rows } = await session.query<{ row: Readonly<Record<string, unknown>> }>(
    `select to_jsonb(t) as row from bee.${table} t order by ${tables[table]}`,
  );
  return rows.map(({ row }) => row);
}

/** A link of the evidence follows the one before: when another stands in its place, none of the later ones fits. */
async function addRows(
  session: Session,
  table: CarriedTable,
  carried: BeeRecords[string],
): Promise<readonly string[]> {
  const key = tables[table];
  const params = [JSON.stringify(carried)];
  const source = `jsonb_populate_recordset(null::bee.${table}, $1::jsonb)`;
  const { rows: others } = await session.query<{ key: string }>(
    `select own.${key}::text as key from ${source} own join bee.${table} there using (${key})
where to_jsonb(own) is distinct from to_jsonb(there) order by own.${key}`,
    params,
  );
  if (table === "evidence" && others.length > 0) return [`evidence from ${others[0]?.key} on`];
  await session.query(
    `insert into bee.${table} overriding system value select * from ${source} on conflict do nothing`,
    params,
  );
  return table === "releases" ? others.map(({ key: value }) => `release r${value}`) : [];
}
