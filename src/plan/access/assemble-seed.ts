import type { AccessCatalog, AccessColumn, AccessRelation } from "./access-catalog.ts";
import { boundValues } from "./bound-values.ts";
import { columnValues, type Holder, type Tags } from "./column-values.ts";
import type { TableAccess } from "./find-owners.ts";
import { isKeyedByUser, keepsApart } from "./kept-apart.ts";
import { orderTables } from "./order-tables.ts";
import type { ColumnWish, Wishes } from "./read-wishes.ts";

/** Rows are tried with the first of each column's expressions; what a constraint refuses moves its columns on. */
export interface SeedTable {
  readonly oid: number;
  readonly sql: string;
  readonly columns: readonly string[];
  /** Every column's name, for reading rows back. */
  readonly all: readonly string[];
  /** Constraint, or `domain name` → indexes into `columns`; `` = the partition key. */
  readonly constraints: Readonly<Record<string, readonly number[]>>;
  readonly slots: readonly SeedSlot[];
  /** Indexes into `columns` of those that say whose row it is. */
  readonly bound: readonly number[];
  /** Set once all rows are there: nullable foreign keys of a cycle. */
  readonly later: readonly { readonly column: string; readonly table: number; readonly at: number }[];
  /** Columns of the key, to find a row again. */
  readonly key: readonly string[];
}

/**
 * `shown`: a second row of B, with what policies ask of its own columns (published, archived). `third`: somebody's who
 * is neither, for rows that two users share and a check keeps apart. `turned`: such a row with B in the other place.
 * `fresh`: B's as well, taken back at once, to know values that fit.
 */
export type SlotName = "a" | "b" | "none" | "turned" | "shown" | "third" | "fresh";

const noWish: ColumnWish = { avoid: new Set(), empty: false, seek: [] };

export interface SeedSlot {
  readonly slot: SlotName;
  /** Per column; `@table:index:else` = what that table's row of the same holder has there. */
  readonly values: readonly (readonly string[])[];
}

export interface SeedPlan {
  readonly tables: readonly SeedTable[];
}

export interface SeedContext {
  readonly catalog: AccessCatalog;
  readonly access: ReadonlyMap<number, TableAccess>;
  readonly tags: Tags;
  readonly wishes: Wishes;
  /** Rows of a third user are needed. */
  readonly third: boolean;
  /** Numbers values, by table: the same in every group. */
  readonly serials: ReadonlyMap<number, number>;
  /** Values by claim key, per holder. */
  readonly shared: (key: string, holder: Holder, base: string) => string;
}

export function numberTables(tables: readonly AccessRelation[]): ReadonlyMap<number, number> {
  return new Map(tables.map(({ oid }, index) => [oid, 16 + index * 8192]));
}

export function assembleSeed(tables: readonly AccessRelation[], context: SeedContext): SeedPlan {
  const { order, cut } = orderTables(tables.filter(({ kind }) => kind === "r" || kind === "p"));
  return {
    tables: order.map((table) => assembleTable(table, cut, context)),
  };
}

function assembleTable(table: AccessRelation, cut: ReadonlySet<string>, context: SeedContext): SeedTable {
  const access = context.access.get(table.oid);
  const serial = context.serials.get(table.oid) ?? 16;
  const columns = table.columns.filter(({ generated }) => !generated);
  const at = new Map(columns.map(({ num }, index) => [num, index]));
  const wishes = context.wishes(table);
  const isFlag = ({ num }: AccessColumn): boolean =>
    access?.bindings.has(num) !== true &&
    !table.constraints.some(({ type, columns: nums }) => type !== "c" && nums.includes(num)) &&
    (wishes.get(num)?.seek.length ?? 0) > 0;
  const slots: readonly SlotName[] =
    access?.private !== true
      ? ["none", "fresh"]
      : [
          ...(access.privileged ? [] : (["a"] as const)),
          "b",
          ...(keepsApart(access).length > 0 ? (["turned"] as const) : []),
          ...(columns.some(isFlag) ? (["shown"] as const) : []),
          ...(context.third && isKeyedByUser(access) ? (["third"] as const) : []),
          "fresh",
        ];
  const later: { column: string; table: number; at: number }[] = [];
  const value = (column: AccessColumn, slot: SlotName): readonly string[] => {
    const holder = holderOf(slot, access?.private === true);
    const copy = copies[slot] ?? 0;
    const mark = { tag: context.tags[holder], serial: serial + column.num * 4 + copy };
    const wish = wishes.get(column.num) ?? noWish;
    const binding = access?.bindings.get(column.num);
    const own = () =>
      columnValues(
        column,
        table,
        context.catalog,
        mark,
        slot === "shown" && isFlag(column) ? { ...noWish, seek: wish.seek } : { ...wish, seek: [] },
        table.partitionKey.includes(column.num) ? table.bounds : [],
      );
    if (binding == null) return own();
    return boundValues({
      table,
      column,
      binding,
      holder,
      cut,
      context,
      own,
      turned: slot === "turned",
      later,
      first: slot === slots[0],
    });
  };
  const keyed =
    table.constraints.find(({ type }) => type === "p") ?? table.constraints.find(({ type }) => type === "u");
  return {
    oid: table.oid,
    sql: table.sql,
    columns: columns.map(({ name }) => name),
    all: table.columns.map(({ name }) => name),
    constraints: Object.fromEntries([
      ...table.constraints.map(
        ({ name, columns: nums }) => [name, nums.flatMap((num) => at.get(num) ?? [])] as const,
      ),
      ...domainsOf(columns).map(
        (domain) =>
          [
            `domain ${bareName(domain)}`,
            columns.flatMap((one, index) => (one.domain === domain ? [index] : [])),
          ] as const,
      ),
      ["", table.partitionKey.flatMap((num) => at.get(num) ?? [])] as const,
    ]),
    slots: slots.map((slot) => ({ slot, values: columns.map((column) => value(column, slot)) })),
    bound: [...(access?.bindings.keys() ?? [])].flatMap((num) => at.get(num) ?? []),
    later,
    key: (keyed?.columns ?? []).flatMap(
      (num) => table.columns.find((column) => column.num === num)?.name ?? [],
    ),
  };
}

const copies: Partial<Record<SlotName, number>> = { fresh: 1, shown: 2, turned: 3 };

function holderOf(slot: SlotName, isPrivate: boolean): Holder {
  if (slot === "third") return "none";
  if (slot === "a" || slot === "none") return slot;
  return isPrivate ? "b" : "none";
}

function domainsOf(columns: readonly AccessColumn[]): readonly string[] {
  return [...new Set(columns.flatMap(({ domain }) => (domain == null ? [] : [domain])))];
}

/** As errors name a type: without its schema and quotes. */
function bareName(type: string): string {
  return (/(?:^|\.)("(?:[^"]|"")+"|[^."]+)$/.exec(type)?.[1] ?? type)
    .replace(/^"|"$/g, "")
    .replaceAll('""', '"');
}
