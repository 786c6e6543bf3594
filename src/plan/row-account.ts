import type { CountedLoss } from "./judge-down.ts";

/** What became of the rows of one table, written by users meanwhile included. */
export interface AccountedTable {
  readonly table: string;
  readonly kept: number;
  readonly lost: number;
  readonly restored: number;
  /** One line per loss or exception. */
  readonly why: readonly string[];
}

interface Counted {
  readonly table: string;
  readonly before: number;
  readonly after: number | null;
}

/** Per touched table, by name: every row that was there is kept or lost, and why. */
export function accountForDown(
  rows: readonly Counted[],
  losses: readonly CountedLoss[],
): readonly AccountedTable[] {
  return rows.map(({ table, before, after }) => {
    const own = losses.filter((loss) => loss.table === table);
    const lost = Math.max(0, before - (after ?? 0));
    const why = own
      .filter((loss) => loss.rows !== 0)
      .map((loss) =>
        loss.column == null ? loss.why : `${loss.why}: ${loss.rows ?? "some"} values went, their rows stay`,
      );
    return { table, kept: before - lost, lost, restored: 0, why };
  });
}
