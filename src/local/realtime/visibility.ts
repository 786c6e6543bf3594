import type { Pool } from "pg";

/**
 * Whether a transaction of the WAL is visible to new snapshots. Its id lacks the epoch, which is the snapshot's own, or
 * the one before when that would put it far in the future.
 */
const visibleQuery = `
  select pg_visible_in_snapshot(
    (case when full_xid > top + 2147483648 then full_xid - 4294967296 else full_xid end)::text::xid8, snapshot
  ) as visible
  from (
    select snapshot, top, ((top >> 32) << 32) | $1::bigint as full_xid
    from (
      select snapshot, pg_snapshot_xmax(snapshot)::text::bigint as top from (select pg_current_snapshot() as snapshot) s
    ) t
  ) x`;

const deadlineMs = 10_000;

/**
 * Waits until a decoded transaction is visible. Logical decoding can hand over a commit before other sessions see it;
 * a look at the row before then finds the old one, or none.
 */
export async function waitUntilVisible(pool: Pool, xid: number): Promise<void> {
  const deadline = performance.now() + deadlineMs;
  for (let pauseMs = 0; performance.now() < deadline; pauseMs = Math.min(20, pauseMs + 1)) {
    const { rows } = await pool.query<{ visible: boolean }>(visibleQuery, [xid]);
    if (rows[0]?.visible === true) return;
    await new Promise((resolve) => setTimeout(resolve, pauseMs));
  }
  throw new Error(`transaction ${xid} did not become visible within ${deadlineMs} ms`);
}
