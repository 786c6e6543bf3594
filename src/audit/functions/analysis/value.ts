import type { Module } from "./module.ts";
import type { Node } from "./node.ts";

/** What is known of a value, as bits. */
export const tags = {
  /** The request itself, and what of it is whole. */
  request: 1 << 0,
  headers: 1 << 1,
  /** Comes from the caller. */
  taint: 1 << 2,
  /** Of the body, not yet compared with anything. */
  body: 1 << 3,
  /** The caller's token. */
  token: 1 << 4,
  /** A token's content that nobody verified. */
  decoded: 1 << 5,
  /** Who the caller is, proven. */
  identity: 1 << 6,
  /** A secret of the project's. */
  secret: 1 << 7,
  /** A secret that passes row level security. */
  serviceKey: 1 << 8,
  client: 1 << 9,
  /** A client, or a query of one, that passes row level security. */
  privileged: 1 << 10,
  query: 1 << 11,
  write: 1 << 12,
  /** An error object; its text. */
  error: 1 << 13,
  errorText: 1 << 14,
  /** Personal: whole rows, bodies, users, and fields by their names. */
  personal: 1 << 15,
  /** Passed a schema. */
  valid: 1 << 16,
  /** Its size is limited. */
  bounded: 1 << 17,
  /** Compared with a list of allowed ones. */
  listed: 1 << 18,
  /** A URL whose host is not the caller's choice. */
  fixedHost: 1 << 19,
  /** The path of the request as it came. */
  path: 1 << 20,
  /** A text put together from parts. */
  built: 1 << 21,
  /** Truthy or falsy, it proves who calls. */
  provesTrue: 1 << 22,
  provesFalse: 1 << 23,
  /** Truthy or falsy, the caller owns what they ask for. */
  ownsTrue: 1 << 24,
  ownsFalse: 1 << 25,
  /** Truthy or falsy, the value is one of a list. */
  listsTrue: 1 << 26,
  listsFalse: 1 << 27,
  /** Truthy, something failed. */
  fails: 1 << 28,
  /** How much there is. */
  length: 1 << 29,
  response: 1 << 30,
} as const;

export const guards =
  tags.provesTrue |
  tags.provesFalse |
  tags.ownsTrue |
  tags.ownsFalse |
  tags.listsTrue |
  tags.listsFalse |
  tags.fails;

export interface Closure {
  readonly node: Node;
  readonly scope: Scope;
  readonly self: Value | null;
}

export interface Value {
  readonly tags: number;
  /** Dotted name of a global or an import: `Deno.env.get`, `jose#jwtVerify`. */
  readonly path: string;
  readonly text: string | null;
  /** What may be called. */
  readonly closures: readonly Closure[];
  /** Known members; `*` are an array's. Filled in later by assignments. */
  readonly members: Map<string, Value> | null;
  /** null, undefined or false as written. */
  readonly isNothing: boolean;
  /** A schema's source. */
  readonly schema: Node | null;
}

export class Scope {
  readonly module: Module;
  readonly names = new Map<string, Value>();
  readonly #outer: Scope | null;

  constructor(module: Module, outer: Scope | null) {
    this.module = module;
    this.#outer = outer;
  }

  find(name: string): Scope | null {
    for (let scope: Scope | null = this; scope != null; scope = scope.#outer)
      if (scope.names.has(name)) return scope;
    return null;
  }
}

export const unknown: Value = {
  tags: 0,
  path: "",
  text: null,
  closures: [],
  members: null,
  isNothing: false,
  schema: null,
};

export const nothing: Value = { ...unknown, isNothing: true };

export function tagged(bits: number): Value {
  return bits === 0 ? unknown : { ...unknown, tags: bits };
}

export function record(members: Readonly<Record<string, Value>>, bits = 0): Value {
  return { ...unknown, tags: bits, members: new Map(Object.entries(members)) };
}

export function has(value: Value, bits: number): boolean {
  return (value.tags & bits) !== 0;
}

/** Either of the two. What both must be to count (checked, listed) stays only when both are. */
export function either(a: Value, b: Value): Value {
  if (a === b || b === unknown) return a;
  if (a === unknown) return b;
  const both = tags.valid | tags.bounded | tags.listed | tags.fixedHost;
  const bits = ((a.tags | b.tags) & ~both) | keepBoth(a, b, both);
  const members =
    a.members == null || b.members == null ? (a.members ?? b.members) : mix(a.members, b.members);
  return {
    tags: bits,
    path: a.path || b.path,
    text: a.text === b.text ? a.text : null,
    closures: [...new Set([...a.closures, ...b.closures])].slice(0, 16),
    members,
    isNothing: a.isNothing && b.isNothing,
    schema: a.schema ?? b.schema,
  };
}

function keepBoth(a: Value, b: Value, both: number): number {
  if (!has(a, tags.taint)) return b.tags & both;
  return has(b, tags.taint) ? a.tags & b.tags & both : a.tags & both;
}

function mix(a: Map<string, Value>, b: Map<string, Value>): Map<string, Value> {
  if (a === b) return a;
  const mixed = new Map(a);
  for (const [name, value] of b) {
    const known = mixed.get(name);
    mixed.set(name, known == null ? value : either(known, value));
  }
  return mixed;
}

/** With what its members hold. */
export function deepTags(value: Value, depth = 5): number {
  let bits = value.tags;
  if (depth === 0 || value.members == null) return bits;
  for (const inner of value.members.values()) bits |= deepTags(inner, depth - 1);
  return bits;
}
