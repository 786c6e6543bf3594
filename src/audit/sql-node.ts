import type { SqlFields } from "../plan/sql-tree.ts";

/** Reading libpg_query's JSON without trusting its shape. */

const nothing: SqlFields = {};
const none: readonly SqlNode[] = [];
const noText: readonly string[] = [];

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
  if (!Array.isArray(value)) return none;
  const nodes: SqlNode[] = [];
  for (const one of value) {
    const node = open(one);
    if (node != null) nodes.push(node);
  }
  return nodes;
}

export interface SqlNode {
  readonly kind: string;
  readonly fields: SqlFields;
}

/** `{"ColumnRef": {…}}` → kind and fields. */
export function open(value: unknown): SqlNode | null {
  if (!isFields(value)) return null;
  // A loop, for this is asked of every node there is.
  for (const kind in value) {
    const fields = value[kind];
    return isKind(kind) && isFields(fields) ? { kind, fields } : null;
  }
  return null;
}

/** Nodes are named in upper camel case, fields in snake case. */
function isKind(name: string): boolean {
  const first = name.charCodeAt(0);
  return first >= 65 && first <= 90;
}

/** The strings of a list of String nodes, such as a qualified name. */
export function strings(node: SqlFields, name: string): readonly string[] {
  const value = node[name];
  if (!Array.isArray(value)) return noText;
  const found: string[] = [];
  for (const one of value) {
    const inner = isFields(one) ? one["String"] : null;
    if (isFields(inner)) found.push(text(inner, "sval"));
  }
  return found;
}

/** Names in a list of RoleSpec nodes; PUBLIC is `public`, which no role can be called. */
export function roleNames(node: SqlFields, name: string): readonly string[] {
  return listOf(node, name).map(({ fields }) =>
    text(fields, "roletype") === "ROLESPEC_PUBLIC" ? "public" : text(fields, "rolename"),
  );
}

/** Every node below, with its kind; `enter` may answer false to leave a node's inside out. */
export function walk(value: unknown, enter: (kind: string, fields: SqlFields) => boolean | undefined): void {
  if (Array.isArray(value)) {
    for (const item of value) walk(item, enter);
    return;
  }
  if (!isFields(value)) return;
  for (const key in value) {
    const inner = value[key];
    if (typeof inner !== "object" || inner == null) continue;
    if (isKind(key) && isFields(inner) && enter(key, inner) === false) continue;
    walk(inner, enter);
  }
}
