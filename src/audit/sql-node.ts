import type { SqlFields } from "../plan/sql-tree.ts";

/** Reading libpg_query's JSON without trusting its shape. */

const nothing: SqlFields = {};

export function isFields(value: unknown): value is SqlFields {
  return value != null && typeof value === "object" && !Array.isArray(value);
}

export function fieldsOf(node: SqlFields, name: string): SqlFields {
  const value = node[name];
  return isFields(value) ? value : nothing;
}

export function text(node: SqlFields, name: string): string {
  const value = node[name];
  return typeof value === "string" ? value : "";
}

export function isTrue(node: SqlFields, name: string): boolean {
  return node[name] === true;
}

/** A list field: the members' kinds and fields. */
export function listOf(node: SqlFields, name: string): readonly SqlNode[] {
  const value = node[name];
  return Array.isArray(value) ? value.flatMap((one) => open(one) ?? []) : [];
}

export interface SqlNode {
  readonly kind: string;
  readonly fields: SqlFields;
}

/** `{"ColumnRef": {…}}` → kind and fields. */
export function open(value: unknown): SqlNode | null {
  if (!isFields(value)) return null;
  const [kind, fields] = Object.entries(value)[0] ?? [];
  return kind != null && /^[A-Z]/.test(kind) && isFields(fields) ? { kind, fields } : null;
}

/** The strings of a list of String nodes, such as a qualified name. */
export function strings(node: SqlFields, name: string): readonly string[] {
  return listOf(node, name).flatMap(({ kind, fields }) => (kind === "String" ? [text(fields, "sval")] : []));
}

/** Every node below, with its kind; `enter` may answer false to leave a node's inside out. */
export function walk(value: unknown, enter: (kind: string, fields: SqlFields) => boolean | undefined): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, enter);
    return;
  }
  if (!isFields(value)) return;
  for (const [key, inner] of Object.entries(value)) {
    if (typeof inner !== "object" || inner == null) continue;
    if (/^[A-Z]/.test(key) && isFields(inner) && enter(key, inner) === false) continue;
    walk(inner, enter);
  }
}
