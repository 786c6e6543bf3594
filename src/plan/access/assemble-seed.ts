import type { AccessCatalog, AccessColumn, AccessRelation } from "./access-catalog.ts";
import { columnValues, type Holder, literal, markedNumber, markedUuid, type Tags } from "./column-values.ts";
import type { Binding, TableAccess } from "./find-owners.ts";
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
 * `shown`: a second row of B, with what policies ask of its own columns (published, archived). `fresh`: B's as well,
 * taken back at once, to know values that fit.
 */
export type SlotName = "a" | "b" | "none" | "shown" | "fresh";

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
  /** Numbers values, by table: the same in every group. */
  readonly serials: ReadonlyMap<number, number>;
  /** Values by claim key, per holder. */
  readonly shared: (key: string, holder: Holder, base: string) => string;
}

export function userId(tags: Tags, holder: Holder): string {
  return markedUuid(tags[holder], 1);
}

/** What a claim or tenant holds for one user: the same in every column and in the token. */
export function sharedValue(tags: Tags, catalogKeys: ReadonlyMap<string, string>) {
  return (key: string, holder: Holder): string => {
    const index = [...catalogKeys.keys()].indexOf(key) + 2;
    const base = catalogKeys.get(key) ?? "uuid";
    if (key === "claim:email") return `${tags[holder]}@example.invalid`;
    if (/^(smallint|integer|bigint|numeric)/.test(base))
      return String(
        markedNumber({ tag: tags[holder], serial: index }) % (base === "smallint" ? 30_000 : 2_000_000_000),
      );
    return markedUuid(tags[holder], index);
  };
}

/** Claim keys and the type of the columns that hold them; numbers win, they fit nothing else. */
export function collectKeys(access: ReadonlyMap<number, TableAccess>): ReadonlyMap<string, string> {
  const keys = new Map<string, string>();
  for (const { table, bindings } of access.values()) {
    for (const [num, binding] of bindings) {
      if (binding.kind !== "claim" && binding.kind !== "shared") continue;
      const base = table.columns.find((column) => column.num === num)?.base ?? "uuid";
      const before = keys.get(binding.key);
      if (before == null || /^(smallint|integer|bigint|numeric)/.test(base)) keys.set(binding.key, base);
    }
  }
  return keys;
}

/** Tables in the order in which foreign keys let rows in. */
function orderTables(tables: readonly AccessRelation[]): {
  readonly order: readonly AccessRelation[];
  readonly cut: ReadonlySet<string>;
} {
  const left = new Map(tables.map((table) => [table.oid, table]));
  const needs = new Map(
    tables.map((table) => [
      table.oid,
      table.constraints.filter(
        ({ type, target }) => type === "f" && target != null && target !== table.oid && left.has(target),
      ),
    ]),
  );
  const order: AccessRelation[] = [];
  const cut = new Set<string>();
  while (left.size > 0) {
    const before = order.length;
    for (const table of [...left.values()]) {
      if ((needs.get(table.oid) ?? []).some(({ target }) => left.has(target ?? 0))) continue;
      order.push(table);
      left.delete(table.oid);
    }
    if (order.length > before) continue;
    // A cycle: begin where the keys that lead on may be empty for a while, else where they are checked late.
    const open = (table: AccessRelation) =>
      (needs.get(table.oid) ?? []).filter(({ target }) => left.has(target ?? 0));
    const cost = (table: AccessRelation): number =>
      open(table).reduce((sum, { columns, deferrable }) => {
        const nullable = columns.every(
          (num) => table.columns.find((one) => one.num === num)?.notNull === false,
        );
        return sum + (nullable ? 0 : deferrable ? 1 : 100);
      }, 0);
    const [first] = [...left.values()].sort((x, y) => cost(x) - cost(y));
    if (first == null) break;
    for (const { name } of open(first)) cut.add(`${first.oid}:${name}`);
    order.push(first);
    left.delete(first.oid);
  }
  return { order, cut };
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
          ...(columns.some(isFlag) ? (["shown"] as const) : []),
          "fresh",
        ];
  const later: { column: string; table: number; at: number }[] = [];
  const value = (column: AccessColumn, slot: SlotName): readonly string[] => {
    const holder: Holder =
      slot === "fresh" || slot === "shown" ? (access?.private === true ? "b" : "none") : slot;
    const copy = slot === "fresh" ? 1 : slot === "shown" ? 2 : 0;
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

interface BoundInput {
  readonly table: AccessRelation;
  readonly column: AccessColumn;
  readonly binding: Binding;
  readonly holder: Holder;
  readonly cut: ReadonlySet<string>;
  readonly context: SeedContext;
  readonly own: () => readonly string[];
  readonly later: { column: string; table: number; at: number }[];
  readonly first: boolean;
}

function boundValues(input: BoundInput): readonly string[] {
  const { table, column, binding, holder, cut, context, own, later, first } = input;
  switch (binding.kind) {
    case "user": {
      const id = literal(userId(context.tags, holder));
      return [binding.array || column.array ? `array[${id}]::${column.base}[]` : id];
    }
    case "claim":
    case "shared": {
      const one = literal(context.shared(binding.key, holder, column.base));
      return [column.array ? `array[${one}]::${column.base}[]` : one];
    }
    case "parent": {
      const target = context.catalog.relations.find(({ oid }) => oid === binding.table);
      const index = target?.columns.findIndex(({ num }) => num === binding.column) ?? -1;
      const key = table.constraints.find(
        ({ type, columns, target: to }) =>
          type === "f" && to === binding.table && columns.includes(column.num),
      );
      const isCut = key != null && cut.has(`${table.oid}:${key.name}`);
      if (binding.table === table.oid || (isCut && !column.notNull)) {
        if (binding.table !== table.oid && first)
          later.push({ column: column.name, table: binding.table, at: index });
        if (!column.notNull) return ["null"];
      }
      const ahead = target?.columns[index];
      // A row that is not there yet: the value it will have, as its own seed says.
      const fallback = ahead == null || !isCut ? "" : aheadValue(target, ahead, holder, context);
      return [
        `@${binding.table}:${index}:${fallback}`,
        ...(column.notNull ? [] : ["null"]),
        ...(isCut ? [] : []),
        ...(binding.table === table.oid ? own() : []),
      ];
    }
  }
}

function aheadValue(
  target: AccessRelation | undefined,
  column: AccessColumn,
  holder: Holder,
  context: SeedContext,
): string {
  if (target == null) return "";
  const access = context.access.get(target.oid);
  const binding = access?.bindings.get(column.num);
  if (binding?.kind === "user") return literal(userId(context.tags, holder));
  const mark = {
    tag: context.tags[access?.private === true ? holder : "none"],
    serial: (context.serials.get(target.oid) ?? 16) + column.num * 4,
  };
  return (
    columnValues({ ...column, hasDefault: false, serial: false }, target, context.catalog, mark)[0] ?? ""
  );
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
