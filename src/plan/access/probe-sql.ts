import type { AccessColumn, AccessRelation, ApiRole } from "./access-catalog.ts";
import { literal } from "./column-values.ts";
import type { Persona } from "./personas.ts";
import type { SeededRow, SeededTable, TableInput } from "./probe.ts";

export function quote(name: string): string {
  return `"${name.replaceAll('"', '""')}"`;
}

export function textOf(
  row: SeededRow | undefined,
  relation: AccessRelation,
  column: AccessColumn,
): string | null {
  return row?.values[relation.columns.indexOf(column)] ?? null;
}

export function render(value: string | null): string {
  return value == null ? "null" : literal(value);
}

export function granted(relation: AccessRelation, role: ApiRole, letter: string): readonly AccessColumn[] {
  if (relation.grants[role]?.includes(letter) === true) return relation.columns;
  const nums = relation.columnGrants[role]?.[letter] ?? [];
  return relation.columns.filter(({ num }) => nums.includes(num));
}

export function isLocated({ ctid, table }: SeededRow): string {
  return `ctid = '${ctid}' and tableoid = ${table}`;
}

export function base(input: TableInput, persona: Persona) {
  return {
    relation: input.access.table,
    persona,
    published: input.published,
    deferred: input.access.table.constraints.some(({ deferrable }) => deferrable),
  };
}

export function mayTry(
  relation: AccessRelation,
  role: ApiRole,
  letter: string,
  usage: Readonly<Record<string, readonly ApiRole[]>>,
): boolean {
  if (usage[relation.schema]?.includes(role) !== true) return false;
  return (
    relation.grants[role]?.includes(letter) === true ||
    (relation.columnGrants[role]?.[letter]?.length ?? 0) > 0
  );
}

function keyOf(relation: AccessRelation): readonly AccessColumn[] {
  const key = relation.constraints.find(({ type }) => type === "p");
  return (key?.columns ?? []).flatMap((num) => relation.columns.find((column) => column.num === num) ?? []);
}

/** Null when the columns that would name the row may not be read. */
export function rowCondition(
  relation: AccessRelation,
  row: SeededRow,
  readable: readonly AccessColumn[],
): string | null {
  const byKey = keyCondition(relation, row, readable);
  return byKey ?? (readable.length === relation.columns.length ? isLocated(row) : null);
}

/** Holds wherever the row lies, also once it was changed; null without a key that may be read. */
export function keyCondition(
  relation: AccessRelation,
  row: SeededRow,
  readable: readonly AccessColumn[],
): string | null {
  const key = keyOf(relation);
  if (key.length === 0 || !key.every((column) => readable.includes(column))) return null;
  return key
    .map((column) => `${quote(column.name)} = ${render(textOf(row, relation, column))}`)
    .join(" and ");
}

/** A column whose change says nothing, and a value that the table has accepted. */
export function harmlessColumns(input: TableInput, role: ApiRole): readonly AccessColumn[] {
  const { table, bindings } = input.access;
  const keyed = new Set(
    table.constraints
      .flatMap(({ type, columns }) => (type === "c" ? [] : [...columns]))
      .concat(table.partitionKey),
  );
  const checked = new Set(
    table.constraints.flatMap(({ type, columns }) => (type === "c" ? [...columns] : [])),
  );
  const able = granted(table, role, "w").filter(
    ({ generated, identityAlways }) => !generated && !identityAlways,
  );
  const rank = ({ num }: AccessColumn): number =>
    bindings.has(num) ? 4 : keyed.has(num) ? 8 : checked.has(num) ? 1 : 0;
  return [...able].sort((x, y) => rank(x) - rank(y));
}

/** B's rows as they were made; the second one stands open to what policies ask of its columns. */
export function theirRows({ b, none, turned, shown }: SeededTable): readonly SeededRow[] {
  return [b ?? none, turned, shown].filter((row): row is SeededRow => row != null);
}
