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
  /** Made of a secret and of what the caller sent: who can say the same knows the secret. */
  mac: 1 << 26,
  /** It may be undefined. */
  loose: 1 << 27,
  /** Truthy, something failed. */
  fails: 1 << 28,
  /** How much there is. */
  length: 1 << 29,
  response: 1 << 30,
  /** Passed a regular expression or became a number. */
  shaped: 1 << 31,
} as const;

export const guards = tags.provesTrue | tags.provesFalse | tags.ownsTrue | tags.ownsFalse | tags.fails;

/** An empty text or one that is written down, in a secret's place. */
export function isStandIn({ path }: Pick<Value, "path">): boolean {
  return path === "@empty" || path === "@literal";
}

/** Part of a row that a query answered. */
export function isRow({ source }: Pick<Value, "source">): boolean {
  return /^(rows|own):/.test(source);
}

/** What a call that is not followed answers of what it was given. */
export const passed =
  tags.taint |
  tags.body |
  tags.token |
  tags.secret |
  tags.serviceKey |
  tags.errorText |
  tags.personal |
  tags.path |
  tags.mac;

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
  /** Where in the request or the environment it comes from, dotted. What is made of a part keeps the part's. */
  readonly source: string;
  /** What is sure once it turned out truthy, or falsy. */
  readonly whenTrue: Facts;
  readonly whenFalse: Facts;
}

/** `listed:`, `shaped:`, `bounded:` or `set:` and a source. */
export type Facts = readonly string[];

const noFacts: Facts = [];

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
  source: "",
  whenTrue: noFacts,
  whenFalse: noFacts,
};

export const nothing: Value = { ...unknown, isNothing: true };

export function tagged(bits: number, source = ""): Value {
  return bits === 0 && source === "" ? unknown : { ...unknown, tags: bits, source };
}

export function record(members: Readonly<Record<string, Value>>, bits = 0): Value {
  return { ...unknown, tags: bits, members: new Map(Object.entries(members)) };
}

export function has(value: Value, bits: number): boolean {
  return (value.tags & bits) !== 0;
}

/** What must hold of both to count. */
const shared = tags.valid | tags.bounded | tags.listed | tags.shaped | tags.fixedHost;

/** Either of the two. What both must be to count (checked, listed) stays only when both are. */
export function either(a: Value, b: Value): Value {
  if (a === b || b === unknown) return a;
  if (a === unknown) return b;
  const members =
    a.members == null || b.members == null ? (a.members ?? b.members) : mix(a.members, b.members);
  return {
    tags: ((a.tags | b.tags) & ~(shared | tags.identity)) | keepBoth(a, b) | keepIdentity(a, b),
    path: a.path || b.path,
    text: a.text === b.text ? a.text : null,
    closures: [...new Set([...a.closures, ...b.closures])].slice(0, 16),
    members,
    isNothing: a.isNothing && b.isNothing,
    source: sourceOf(a, b),
    // What is nothing is never truthy, so that it takes nothing away.
    whenTrue: a.isNothing ? b.whenTrue : b.isNothing ? a.whenTrue : common(a.whenTrue, b.whenTrue),
    whenFalse: common(a.whenFalse, b.whenFalse),
  };
}

function keepBoth(a: Value, b: Value): number {
  if (!has(a, tags.taint)) return b.tags & shared;
  return has(b, tags.taint) ? a.tags & b.tags & shared : a.tags & shared;
}

/** `user?.id ?? body.user_id` is whoever the body says. */
function keepIdentity(a: Value, b: Value): number {
  const isProven = (one: Value): boolean => has(one, tags.identity) || !has(one, tags.taint);
  return isProven(a) && isProven(b) ? (a.tags | b.tags) & tags.identity : 0;
}

function sourceOf(a: Value, b: Value): string {
  if (a.source === b.source || b.source === "") return a.source;
  return a.source === "" ? b.source : "";
}

export function common(a: Facts, b: Facts): Facts {
  return a.length === 0 || b.length === 0 ? noFacts : a === b ? a : a.filter((one) => b.includes(one));
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

/** As `from` says where it comes from. */
export function from(value: Value, source: string): Value {
  return value.source === source ? value : { ...value, source };
}
