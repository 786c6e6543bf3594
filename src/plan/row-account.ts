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

/** A restore replaces everything: rows written after the point are gone, rows deleted after it are back. */
export function accountForRestore(
  before: ReadonlyMap<string, number>,
  after: ReadonlyMap<string, number>,
  takenAt: string,
): readonly AccountedTable[] {
  return [...new Set([...before.keys(), ...after.keys()])].sort().map((table) => {
    const [had, has] = [before.get(table) ?? 0, after.get(table) ?? 0];
    const lost = Math.max(0, had - has);
    const restored = Math.max(0, has - had);
    const why = [
      ...(after.has(table) ? [] : [`there was no such table on ${takenAt}`]),
      ...(lost > 0 && after.has(table) ? [`${lost} more written than deleted since ${takenAt}`] : []),
      ...(restored > 0 ? [`${restored} more deleted than written since ${takenAt}`] : []),
    ];
    return { table, kept: Math.min(had, has), lost, restored, why };
  });
}
