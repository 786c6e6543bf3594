import type { AccessColumn, AccessRelation, ApiRole } from "./access-catalog.ts";
import type { SeededRow, TableInput } from "./assemble-probes.ts";
import { literal } from "./column-values.ts";
import type { Persona } from "./personas.ts";

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
