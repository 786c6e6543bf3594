import type { Pool } from "pg";
import type { BoundedChange } from "./change-data.ts";
import type { FilterCondition } from "./change-filter.ts";
import type { TablePrivileges } from "./privileges.ts";
import type { Relation } from "./relation.ts";
import { type RowImage, readRowImages } from "./row-images.ts";
import type { Tuple } from "./wal-change.ts";

/** Rows as a group of roles sees them, which share the columns they may select. */
export interface View {
  readonly columns: ReadonlySet<string>;
  readonly records: ReadonlyMap<number, RowImage>;
  readonly olds: ReadonlyMap<number, RowImage>;
}

/** Role → its view of the changed rows, with the outcome of every filter. Roles that see the same columns share one. */
export async function readViews(
  pool: Pool,
  {
    relation,
    changes,
  }: { readonly relation: Relation; readonly changes: ReadonlyMap<number, BoundedChange> },
  { columnsByRole, rowSecurity }: TablePrivileges,
  filters: ReadonlyMap<string, readonly FilterCondition[]>,
): Promise<ReadonlyMap<string, View>> {
  const records = new Map<number, Tuple>();
  const updated = new Map<number, Tuple>();
  const deleted = new Map<number, Tuple>();
  for (const [position, change] of changes) {
    if (change.record !== null) records.set(position, change.record);
    if (change.old === null) continue;
    if (change.type === "UPDATE") updated.set(position, change.old);
    // Nobody can be asked who might have seen a row that is gone: under row security only its key is told.
    else deleted.set(position, rowSecurity ? pickColumns(change.old, relation.primaryKey) : change.old);
  }
  const byColumns = new Map<string, Promise<View>>();
  const views = [...columnsByRole].map(async ([role, columns]): Promise<readonly [string, View]> => {
    const key = JSON.stringify([...columns].sort());
    const read = async (): Promise<View> => {
      const [recordImages, updatedImages, deletedImages] = await Promise.all([
        readRowImages(pool, relation, records, { columns, filters: [...filters.values()] }),
        readRowImages(pool, relation, updated, { columns, filters: [] }),
        readRowImages(pool, relation, deleted, {
          columns,
          filters: [...filters.values()].map((filter) => keepKnown(filter, deleted)),
        }),
      ]);
      return { columns, records: recordImages, olds: new Map([...updatedImages, ...deletedImages]) };
    };
    const view = byColumns.get(key) ?? read();
    byColumns.set(key, view);
    return [role, await view];
  });
  return new Map(await Promise.all(views));
}

function pickColumns(tuple: Tuple, names: readonly string[]): Tuple {
  return Object.fromEntries(
    names.filter((name) => tuple[name] !== undefined).map((name) => [name, tuple[name]]),
  );
}

/** A DELETE tells only the key, so a condition on another column cannot be judged and does not hold it back. */
function keepKnown(
  filter: readonly FilterCondition[],
  tuples: ReadonlyMap<number, Tuple>,
): readonly FilterCondition[] {
  const [sample] = tuples.values();
  return filter.filter(({ column }) => sample?.[column] !== undefined);
}
