import { refusal, verdict } from "./compare.ts";
import type { State } from "./happening.ts";
import { common, either, type Facts, has, nothing, record, tagged, tags, type Value } from "./value.ts";

/** A way back from a function. */
export interface Return {
  readonly value: Value;
  readonly state: State;
}

/** What the answer tells of the way it came: null or false where nobody is proven, or where they may not. */
export function correlate(all: readonly Return[], before: State): Value {
  const returns = before.owner ? all : all.map(ownedHere);
  const value = withCommonFacts(returns);
  const relations = [
    ...(before.authed ? [] : relationsOf(returns, ({ authed }) => authed, tags.provesTrue, tags.provesFalse)),
    ...(before.owner ? [] : relationsOf(returns, ({ owner }) => owner, tags.ownsTrue, tags.ownsFalse)),
  ];
  if (relations.length === 0) return value;
  const relate = (read: (one: Value) => Value): number =>
    relations.reduce((bits, one) => bits | related(one, read), 0);
  const bits = relate((one) => one);
  const says = new Map<string, Value>();
  const refused = relations.filter(({ open }) => open.every((one) => has(one.value, tags.response)));
  const refusing = refused
    .filter(({ proven }) => !proven.every((one) => has(one.value, tags.response)))
    .reduce((all, { whenFalse }) => all | whenFalse, 0);
  if (refusing !== 0) says.set(refusal, tagged(refusing));
  const words = wordsOf(relations);
  if (words != null) says.set(verdict, record(words));
  if (value.members == null)
    return { ...value, tags: value.tags | bits, members: says.size === 0 ? null : says };
  const members = new Map(
    [...value.members, ...says].map(([name, inner]) => {
      const own = relate((one) => one.members?.get(name) ?? nothing);
      return [name, { ...inner, tags: inner.tags | own }];
    }),
  );
  return { ...value, tags: value.tags | bits, members };
}

/** The ways on which something is sure, and the others. */
interface Relation {
  readonly proven: readonly Return[];
  readonly open: readonly Return[];
  readonly whenTrue: number;
  readonly whenFalse: number;
}

/** None where all ways are alike. */
function relationsOf(
  returns: readonly Return[],
  isSure: (state: State) => boolean,
  whenTrue: number,
  whenFalse: number,
): readonly Relation[] {
  const proven = returns.filter(({ state }) => isSure(state));
  const open = returns.filter(({ state }) => !isSure(state));
  return proven.length === 0 || open.length === 0 ? [] : [{ proven, open, whenTrue, whenFalse }];
}

/** Something only where it is sure, or nothing only where it is; refusals may come from sure ways as well. */
function related({ proven, open, whenTrue, whenFalse }: Relation, read: (one: Value) => Value): number {
  const isEmpty = (one: Return): boolean => isNothing(read(one.value));
  if (open.every(isEmpty)) return proven.every(isEmpty) ? 0 : whenTrue;
  return !open.some(isEmpty) && proven.some(isEmpty) ? whenFalse : 0;
}

/** What each text among the answers tells; null when none tells anything. */
function wordsOf(relations: readonly Relation[]): Readonly<Record<string, Value>> | null {
  const words = new Map<string, number>();
  const add = (word: string, bit: number) => words.set(word, (words.get(word) ?? 0) | bit);
  for (const { proven, open, whenTrue, whenFalse } of relations) {
    const bad = new Set(open.map(({ value }) => value.text));
    if (bad.has(null)) continue;
    for (const { value } of proven) if (value.text != null && !bad.has(value.text)) add(value.text, whenTrue);
    // Anything but the one bad word is a good one.
    const [only] = bad;
    if (bad.size === 1 && only != null && proven.some(({ value }) => value.text !== only))
      add(only, whenFalse);
  }
  return words.size === 0 ? null : Object.fromEntries([...words].map(([word, bits]) => [word, tagged(bits)]));
}

/** What the caller names on a way where they may act for others is theirs to name. */
function ownedHere(one: Return): Return {
  const { value, state } = one;
  if (!state.owner || !has(value, tags.taint)) return one;
  return { state, value: { ...value, tags: (value.tags & ~(tags.taint | tags.body)) | tags.identity } };
}

/** `if (allowed.has(host)) return true; return false`: what the answer's truth tells of the host. */
function withCommonFacts(returns: readonly Return[]): Value {
  const both = returns.map((one) => one.value).reduce(either);
  if (returns.length === 1) return both;
  const value = { ...both, tags: both.tags & ~unsure(returns) };
  const truthy = returns.filter((one) => !one.value.isNothing);
  const falsy = returns.filter((one) => one.value.text !== "true" && one.value.members == null);
  const factsOf = (some: readonly Return[], read: (one: Value) => Facts): Facts =>
    some
      .map((one) => [...read(one.value), ...one.state.facts])
      .reduce(common, some[0] == null ? [] : [...read(some[0].value), ...some[0].state.facts]);
  return {
    ...value,
    whenTrue: factsOf(truthy, (one) => one.whenTrue),
    whenFalse: factsOf(falsy, (one) => one.whenFalse),
  };
}

/** `if (!secret) return true`: what one truthy way does not prove, truth does not. */
function unsure(returns: readonly Return[]): number {
  const lacks = (bit: number, isSure: (state: State) => boolean): number =>
    returns.some(({ value, state }) => value.text === "true" && !has(value, bit) && !isSure(state)) ? bit : 0;
  return lacks(tags.provesTrue, ({ authed }) => authed) | lacks(tags.ownsTrue, ({ owner }) => owner);
}

function isNothing(value: Value): boolean {
  return value.isNothing && !has(value, tags.identity);
}
