import type { AccessCatalog, AccessFunction, AccessRelation, AccessSequence } from "./access-catalog.ts";

/** Relations and functions that are tried while the rows of these tables stand. */
export interface AccessGroup {
  readonly seeded: readonly AccessRelation[];
  readonly relations: readonly AccessRelation[];
  readonly functions: readonly AccessFunction[];
  /** Those that may count meanwhile. */
  readonly sequences: readonly AccessSequence[];
}

/**
 * All at once when they are few; else slices, each with the tables its foreign keys, views and functions lead to.
 * A transaction holds a lock on each table and index it has touched, and the server has room for a few thousand.
 */
export function groupObjects(
  catalog: AccessCatalog,
  mentions: (text: string) => ReadonlySet<AccessRelation>,
  size: number,
): readonly AccessGroup[] {
  const tables = catalog.relations.filter(isTable);
  const relations = catalog.relations.filter(({ exposed }) => exposed);
  const functions = catalog.functions.filter(({ exposed }) => exposed);
  if (tables.length <= size) return [{ seeded: tables, relations, functions, sequences: catalog.sequences }];
  const byOid = new Map(tables.map((table) => [table.oid, table]));
  const home = new Map<number, number>();
  const slices: { relations: AccessRelation[]; functions: AccessFunction[] }[] = [];
  const own = relations.filter(isTable);
  for (let from = 0; from < Math.max(own.length, 1); from += size) {
    const slice = own.slice(from, from + size);
    for (const { oid } of slice) home.set(oid, slices.length);
    slices.push({ relations: slice, functions: [] });
  }
  const homeOf = (text: string): number => {
    for (const { oid } of mentions(text)) {
      const slice = home.get(oid);
      if (slice != null) return slice;
    }
    return 0;
  };
  for (const relation of relations)
    if (!isTable(relation)) slices[homeOf(relation.definition ?? "")]?.relations.push(relation);
  for (const fn of functions) slices[homeOf(fn.source)]?.functions.push(fn);
  return slices.map((slice) => {
    const seeded = new Set<AccessRelation>();
    const add = (table: AccessRelation | undefined): void => {
      if (table == null || seeded.has(table)) return;
      seeded.add(table);
      for (const { target } of table.constraints) if (target != null) add(byOid.get(target));
      for (const { using, check } of table.policies)
        for (const other of mentions(`${using ?? ""} ${check ?? ""}`)) add(other);
    };
    for (const relation of slice.relations) {
      if (isTable(relation)) add(relation);
      else for (const table of mentions(relation.definition ?? "")) add(table);
    }
    for (const { source } of slice.functions) for (const table of mentions(source)) add(table);
    const oids = new Set([...seeded].map(({ oid }) => oid));
    const sequences = catalog.sequences.filter(({ table }) => table == null || oids.has(table));
    return { seeded: [...seeded], ...slice, sequences };
  });
}

function isTable({ kind }: AccessRelation): boolean {
  return kind === "r" || kind === "p";
}
