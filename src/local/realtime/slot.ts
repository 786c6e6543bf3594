import { randomBytes } from "node:crypto";
import type { Pool } from "pg";

export const publication = "supabase_realtime";
const prefix = "bee_rt_";

/** Unique per process and start, so that a slot someone still reads is never taken for ours. */
export function makeSlotName(): string {
  return `${prefix}${process.pid}_${randomBytes(4).toString("hex")}`;
}

/** Drops slots that a killed process left: they keep WAL for a reader who never comes. */
export async function dropStaleSlots(pool: Pool): Promise<number> {
  const { rowCount } = await pool.query(
    `select pg_drop_replication_slot(slot_name) from pg_replication_slots
     where starts_with(slot_name, $1) and not active and database = current_database()`,
    [prefix],
  );
  return rowCount ?? 0;
}

export async function hasPublication(pool: Pool): Promise<boolean> {
  const { rowCount } = await pool.query("select 1 from pg_publication where pubname = $1", [publication]);
  return rowCount === 1;
}

/** Makes the slot unless it is there and whole; one made anew knows nothing of earlier changes. */
export async function ensureSlot(pool: Pool, name: string): Promise<"kept" | "created"> {
  const { rows } = await pool.query<{ usable: boolean }>(
    "select wal_status is distinct from 'lost' as usable from pg_replication_slots where slot_name = $1",
    [name],
  );
  if (rows[0]?.usable === true) return "kept";
  if (rows[0] !== undefined) await dropSlot(pool, name);
  await pool.query("select pg_create_logical_replication_slot($1, 'pgoutput')", [name]);
  return "created";
}

const patienceMs = 2000;

/** Ends whoever reads the slot and drops it. Quiet when it is gone already. */
export async function dropSlot(pool: Pool, name: string): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const { rows } = await pool.query<{ active_pid: number | null }>(
      "select active_pid from pg_replication_slots where slot_name = $1",
      [name],
    );
    if (rows[0] === undefined) return;
    if (rows[0].active_pid === null || performance.now() > deadline) break;
    await pool.query("select pg_terminate_backend($1)", [rows[0].active_pid]);
    await new Promise((resolve) => setTimeout(resolve, 5));
  }
  await pool.query("select pg_drop_replication_slot($1)", [name]);
}
