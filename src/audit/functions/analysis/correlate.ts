import { refusal, verdict } from "./compare.ts";
import type { State } from "./happening.ts";
import { common, either, type Facts, has, nothing, record, tagged, tags, type Value } from "./value.ts";

/** A way back from a function. */
export interface Return {
  readonly value: Value;
  readonly state: State;
}

/** What the answer tells of the way it came: null or false where nobody is proven. */
export function correlate(all: readonly Return[], before: State): Value {
  const returns = before.owner ? all : all.map(ownedHere);
  const value = withCommonFacts(returns);
  const proven = returns.filter(({ state }) => state.authed);
  const open = returns.filter(({ state }) => !state.authed);
  if (before.authed || proven.length === 0 || open.length === 0) return value;
  const relate = (read: (one: Value) => Value): number => {
    const openNothing = open.every((one) => isNothing(read(one.value)));
    const provenNothing = proven.every((one) => isNothing(read(one.value)));
    if (openNothing === provenNothing) return 0;
    return openNothing
      ? tags.provesTrue
      : open.some((one) => isNothing(read(one.value)))
        ? 0
        : tags.provesFalse;
  };
  const bits = relate((one) => one);
  const isRefusal = open.every((one) => has(one.value, tags.response));
  const says = new Map<string, Value>();
  if (isRefusal && !proven.some((one) => has(one.value, tags.response)))
    says.set(refusal, tagged(tags.provesFalse));
  const words = wordsOf(proven, open);
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

/** What each text among the answers tells; null where one of them is no text, or is said on both kinds of ways. */
function wordsOf(proven: readonly Return[], open: readonly Return[]): Readonly<Record<string, Value>> | null {
  const texts = (some: readonly Return[]) => new Set(some.map((one) => one.value.text));
  const good = texts(proven);
  const bad = texts(open);
  if ([...good].some((one) => one == null || bad.has(one))) return null;
  const words = [...good].map((one) => [one, tagged(tags.provesTrue)]);
  // Anything but the one bad word is a good one.
  const [only] = bad;
  if (bad.size === 1 && only != null) words.push([only, tagged(tags.provesFalse)]);
  return Object.fromEntries(words);
}

/** What the caller names on a way where they may act for others is theirs to name. */
function ownedHere(one: Return): Return {
  const { value, state } = one;
  if (!state.owner || !has(value, tags.taint)) return one;
  return { state, value: { ...value, tags: (value.tags & ~(tags.taint | tags.body)) | tags.identity } };
}

/** `if (allowed.has(host)) return true; return false`: what the answer's truth tells of the host. */
function withCommonFacts(returns: readonly Return[]): Value {
  const value = returns.map((one) => one.value).reduce(either);
  if (returns.length === 1) return value;
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

function isNothing(value: Value): boolean {
  return value.isNothing && !has(value, tags.identity);
}
