import { deepTags, has, passed, tagged, tags, unknown, type Value } from "./value.ts";

/** An error in a text is its text. */
export function textTags(value: Value): number {
  const bits = deepTags(value);
  return (bits & tags.error) === 0 ? bits : bits | tags.errorText;
}

/** A text from values, each with the literal text before it; its first part decides over the host of a URL. */
export function joinText(values: readonly Value[], before: readonly string[]): Value {
  const start = before[0] ?? "";
  const bits = values.reduce((all, value) => all | textTags(value), 0);
  const first = values[0] ?? unknown;
  const isFixed =
    start === ""
      ? values[0] != null && (!has(first, tags.taint) || has(first, tags.fixedHost))
      : /^(https?:\/\/[^/]+\/|\/|[^h])/.test(start);
  const sent = values.filter((value) => has(value, tags.taint));
  const all = (bit: number): number => (sent.length > 0 && sent.every((value) => has(value, bit)) ? bit : 0);
  // "Bearer undefined" is a text like any other.
  const unset = values.find((value) => has(value, tags.secret | tags.mac) && has(value, tags.loose));
  const kept = bits & (passed | tags.decoded | tags.identity);
  const value = tagged(
    kept |
      tags.built |
      (isFixed ? tags.fixedHost : 0) |
      all(tags.listed) |
      all(tags.shaped) |
      (unset == null ? 0 : tags.loose),
    unset?.source ?? (sent.length === 1 ? sent[0]?.source : ""),
  );
  const columns = values.flatMap((one, index): [string, Value][] => {
    const column = /[?&](\w+)=(?:eq|in)\.\(?$/.exec(before[index] ?? "")?.[1];
    return column == null ? [] : [[`?${column}`, one]];
  });
  const inner = values.flatMap((one) => [...(has(one, tags.built) ? (one.members ?? []) : [])]);
  const members = [...inner, ...columns];
  // `.${domain}`: what ends with it belongs to the domain.
  const path = start.startsWith(".") ? "@suffix" : "";
  return { ...value, path, members: members.length === 0 ? null : new Map(members) };
}
