import type { AccessCatalog, AccessColumn, AccessRelation } from "./access-catalog.ts";
import { findAnswers } from "./find-answers.ts";
import { isCaller, judgePrivate } from "./judge-private.ts";
import {
  type Answers,
  type CallerSource,
  type ColumnName,
  type PolicyReading,
  readPolicy,
} from "./read-policy.ts";

/** bee.config.yaml, `access`. */
export interface AccessSettings {
  /** Table → column that says whose row it is, where it cannot be found. */
  readonly owners: Readonly<Record<string, string>>;
  /** Table → column that says whose tenant's row it is. */
  readonly tenants: Readonly<Record<string, string>>;
  /** Tables that everybody may read. */
  readonly public: readonly string[];
}

export const noAccessSettings: AccessSettings = { owners: {}, tenants: {}, public: [] };

/** What a column of a row of one user holds. */
export type Binding =
  | { readonly kind: "user"; readonly array: boolean }
  | { readonly kind: "claim"; readonly source: CallerSource; readonly key: string }
  | { readonly kind: "shared"; readonly key: string }
  | { readonly kind: "parent"; readonly table: number; readonly column: number };

export interface TableAccess {
  readonly table: AccessRelation;
  readonly bindings: ReadonlyMap<number, Binding>;
  /** Rows are somebody's: what one user's row shows, another must not reach. */
  readonly private: boolean;
  readonly why: string;
  /** Meant to be read by everybody, by the configuration. */
  readonly public: boolean;
  /** Columns that say whose row it is by themselves. */
  readonly owners: readonly AccessColumn[];
  /** Columns that lead to a private parent or tenant. */
  readonly parents: readonly AccessColumn[];
  readonly readings: readonly PolicyReading[];
  /** Being in it gives rights over everybody's rows: an ordinary user is not. */
  readonly privileged: boolean;
  /** A row of it joins a user to a parent: others are put into one's own by adding them. */
  readonly link: boolean;
}

const ownerNames =
  /^(user|owner|author|creator|created_by|profile|member|customer|account_owner|sender|receiver|recipient|patient|client|student|employee|seller|buyer|assignee|uploader|auth)(_?(id|uuid|uid|user_id|user))?$|^(uid|user_uuid|userid|ownerid|owner_sub|sub|inserted_by|updated_by|posted_by|uploaded_by|belongs_to)$/i;
const idType = /^(uuid|text|character varying)/;

export function findOwners(
  catalog: AccessCatalog,
  settings: AccessSettings = noAccessSettings,
): ReadonlyMap<number, TableAccess> {
  const tables = catalog.relations.filter(({ kind }) => kind === "r" || kind === "p" || kind === "f");
  const byName = new Map(tables.map((table) => [`${table.schema}.${table.name}`, table]));
  const find = (name: string): AccessRelation | undefined =>
    byName.get(name) ?? byName.get(`public.${name}`) ?? tables.find((table) => table.name === name);
  const read = createReader(findAnswers(catalog.functions));
  const callerFunctions = findCallerFunctions(catalog, read);
  const readings = new Map(
    tables.map((table) => [
      table.oid,
      table.policies.flatMap(({ using, check }) =>
        [using, check].flatMap((text) => (text == null ? [] : [read(text)])),
      ),
    ]),
  );
  const bindings = new Map<number, Map<number, Binding>>(tables.map(({ oid }) => [oid, new Map()]));
  const bind = (table: AccessRelation | undefined, column: string, binding: Binding): void => {
    const found = table?.columns.find(({ name }) => name === column);
    if (table == null || found == null) return;
    const own = bindings.get(table.oid);
    if (own != null && !own.has(found.num)) own.set(found.num, binding);
  };
  const user = (array: boolean): Binding => ({ kind: "user", array });

  for (const [table, column] of Object.entries(settings.owners)) {
    const found = find(table);
    bind(found, column, user(found?.columns.find(({ name }) => name === column)?.array === true));
  }
  for (const [table, column] of Object.entries(settings.tenants))
    bind(find(table), column, { kind: "shared", key: "tenant" });
  bindKeysToUsers(tables, catalog.usersOid, bindings);
  for (const table of tables) {
    for (const reading of readings.get(table.oid) ?? []) {
      for (const { source, column, isArray } of reading.comparisons) {
        if (column == null) continue;
        const where = column.alias == null ? table : find(reading.aliases.get(column.alias) ?? column.alias);
        if (source.kind === "user") bind(where, column.column, user(isArray));
        else if (source.kind !== "role" && where != null) {
          const root = followKey(tables, where, column.column);
          bind(root.table, root.column, { kind: "claim", source, key: claimKey(source) });
        }
      }
    }
  }
  for (const { source, language } of catalog.functions) {
    if (language !== "sql" && language !== "plpgsql") continue;
    const reading = read(source);
    for (const { source: from, column, isArray } of reading.comparisons) {
      if (column == null || from.kind !== "user") continue;
      const candidates =
        column.alias == null ? [...reading.aliases.values()] : [reading.aliases.get(column.alias) ?? ""];
      for (const name of candidates) bind(find(name), column.column, user(isArray));
    }
  }
  for (const table of tables) {
    for (const column of table.columns) {
      if (ownerNames.test(column.name) && idType.test(column.base) && !isForeignKey(table, column.name))
        bind(table, column.name, user(column.array));
    }
  }
  bindParents(tables, bindings);
  bindShared(tables, find, readings, bindings);
  copyToPartitions(tables, bindings);
  return judgePrivate({ catalog, tables, settings, find, readings, bindings, callerFunctions, read });
}

function claimKey(source: CallerSource): string {
  if (source.kind === "claim") return `claim:${source.path.join(".")}`;
  return source.kind === "header" || source.kind === "setting"
    ? `${source.kind}:${source.name}`
    : source.kind;
}

function isForeignKey(table: AccessRelation | undefined, column: string): boolean {
  const num = table?.columns.find(({ name }) => name === column)?.num;
  return (
    table?.constraints.some(({ type, columns }) => type === "f" && num != null && columns.includes(num)) ===
    true
  );
}

/** The column at the end of a chain of foreign keys. */
function followKey(
  tables: readonly AccessRelation[],
  table: AccessRelation,
  column: string,
): { readonly table: AccessRelation; readonly column: string } {
  const num = table.columns.find(({ name }) => name === column)?.num;
  const key = table.constraints.find(
    ({ type, columns }) => type === "f" && columns.length === 1 && columns[0] === num,
  );
  const target = tables.find(({ oid }) => oid === key?.target);
  const to = target?.columns.find((one) => one.num === key?.targetColumns[0]);
  return target == null || to == null || target === table
    ? { table, column }
    : followKey(tables, target, to.name);
}

/** Foreign keys to auth.users, and to columns that are such keys themselves (a profile table). */
function bindKeysToUsers(
  tables: readonly AccessRelation[],
  usersOid: number | null,
  bindings: ReadonlyMap<number, Map<number, Binding>>,
): void {
  for (let found = true; found; ) {
    found = false;
    for (const table of tables) {
      for (const { type, columns, target, targetColumns } of table.constraints) {
        const [column] = columns;
        const [to] = targetColumns;
        if (type !== "f" || columns.length !== 1 || column == null || target == null || to == null) continue;
        const leads = target === usersOid || bindings.get(target)?.get(to)?.kind === "user";
        if (!leads || bindings.get(table.oid)?.has(column)) continue;
        // A key to the table itself (invited_by) is left: it would be the row's own.
        bindings.get(table.oid)?.set(column, { kind: "user", array: false });
        found = true;
      }
    }
  }
}

function bindParents(
  tables: readonly AccessRelation[],
  bindings: ReadonlyMap<number, Map<number, Binding>>,
): void {
  for (const table of tables) {
    for (const { type, columns, target, targetColumns } of table.constraints) {
      if (type !== "f" || target == null) continue;
      columns.forEach((column, index) => {
        const own = bindings.get(table.oid);
        const to = targetColumns[index];
        if (own != null && !own.has(column) && to != null && bindings.has(target))
          own.set(column, { kind: "parent", table: target, column: to });
      });
    }
  }
}

/** Columns that policies compare with each other hold the same for one user; so do ids of one name. */
function bindShared(
  tables: readonly AccessRelation[],
  find: (name: string) => AccessRelation | undefined,
  readings: ReadonlyMap<number, readonly PolicyReading[]>,
  bindings: ReadonlyMap<number, Map<number, Binding>>,
): void {
  const key = (table: AccessRelation, column: AccessColumn): string => {
    const bound = bindings.get(table.oid)?.get(column.num);
    return bound?.kind === "claim" || bound?.kind === "shared" ? bound.key : `name:${column.name}`;
  };
  const isKey = (table: AccessRelation, num: number): boolean =>
    table.constraints.some(({ type, columns }) => type === "p" && columns.length === 1 && columns[0] === num);
  const locate = (table: AccessRelation, reading: PolicyReading, column: ColumnName) => {
    const where = column.alias == null ? table : find(reading.aliases.get(column.alias) ?? column.alias);
    const found = where?.columns.find(({ name }) => name === column.column);
    return where == null || found == null ? null : { where, found };
  };
  for (const table of tables) {
    for (const reading of readings.get(table.oid) ?? []) {
      for (const [left, right] of reading.equal) {
        const a = locate(table, reading, left);
        const b = locate(table, reading, right);
        if (a == null || b == null) continue;
        for (const [one, other] of [
          [a, b],
          [b, a],
        ] as const) {
          const own = bindings.get(one.where.oid);
          if (own == null || own.has(one.found.num)) continue;
          if (isKey(other.where, other.found.num) && other.where !== one.where)
            own.set(one.found.num, { kind: "parent", table: other.where.oid, column: other.found.num });
          else if (!isKey(one.where, one.found.num))
            own.set(one.found.num, { kind: "shared", key: key(other.where, other.found) });
        }
      }
    }
  }
  for (const table of tables) {
    for (const column of table.columns) {
      const own = bindings.get(table.oid);
      if (own?.has(column.num) || isKey(table, column.num) || column.base !== "uuid") continue;
      if (
        /^(tenant|org|organi[sz]ation|team|workspace|company|clinic|group|school|account|household)_?(id|uuid)$/i.test(
          column.name,
        )
      )
        own?.set(column.num, { kind: "shared", key: `name:${column.name}` });
    }
  }
}

function copyToPartitions(
  tables: readonly AccessRelation[],
  bindings: ReadonlyMap<number, Map<number, Binding>>,
): void {
  const byOid = new Map(tables.map((table) => [table.oid, table]));
  for (let pass = 0; pass < 4; pass++) {
    for (const table of tables) {
      const parent = table.parent == null ? undefined : byOid.get(table.parent);
      if (parent == null) continue;
      for (const [num, binding] of bindings.get(parent.oid) ?? []) {
        const name = parent.columns.find((column) => column.num === num)?.name;
        const own = table.columns.find((column) => column.name === name);
        if (own != null && !bindings.get(table.oid)?.has(own.num))
          bindings.get(table.oid)?.set(own.num, binding);
      }
    }
  }
}

/** Many tables have one policy: each text is read once. */
function createReader(answers: Answers): (text: string) => PolicyReading {
  const known = new Map<string, PolicyReading>();
  return (text) => {
    const reading = known.get(text) ?? readPolicy(text, answers);
    known.set(text, reading);
    return reading;
  };
}

/** Functions whose answer depends on who asks, by name, however deep. */
function findCallerFunctions(
  catalog: AccessCatalog,
  read: (text: string) => PolicyReading,
): ReadonlySet<string> {
  const found = new Set<string>();
  for (let before = -1; before !== found.size; ) {
    before = found.size;
    for (const { schema, name, source } of catalog.functions) {
      const { sources, calls } = read(source);
      if (sources.some(isCaller) || calls.some((call) => found.has(call))) {
        found.add(name);
        found.add(`${schema}.${name}`);
      }
    }
  }
  return found;
}
