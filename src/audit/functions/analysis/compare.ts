import type { Node } from "./node.ts";
import type { Run } from "./run.ts";
import { guards, has, type Scope, tagged, tags, type Value } from "./value.ts";

const truePart = tags.provesTrue | tags.ownsTrue | tags.listsTrue;

/** `!value`: what truth proved, falsehood does now. Each pair lies side by side, truth first. */
export function negate(value: Value): Value {
  const bits = value.tags & guards & ~tags.fails;
  const swapped = ((bits & truePart) << 1) | ((bits & ~truePart) >> 1);
  return tagged(swapped | (value.tags & (tags.taint | tags.length)));
}

/** Comparisons, and what they tell when they come out one way. */
export function compare(
  run: Run,
  scope: Scope,
  node: Node,
  operator: string,
  left: Value,
  right: Value,
): Value {
  const seen = (left.tags | right.tags) & (tags.taint | tags.length);
  if (!/^[!=]==?$/.test(operator)) return tagged(seen);
  const isEqual = operator.startsWith("=");
  const other = right.isNothing ? left : left.isNothing ? right : null;
  if (other != null) {
    // `x === null` is `!x`.
    const bits = isEqual ? negate(other).tags : other.tags & guards;
    return tagged(bits | seen);
  }
  const text = left.text ?? right.text;
  const value = left.text == null ? left : right;
  if (has(value, tags.path) && text != null) run.tell("path-compared", scope, node, { name: text, value });
  let bits = 0;
  const both = left.tags | right.tags;
  const isSecret = (one: Value): boolean => has(one, tags.secret);
  // A secret of ours beside what the caller sent: equal, it is a service.
  if ((isSecret(left) && has(right, tags.taint)) || (isSecret(right) && has(left, tags.taint)))
    bits |= tags.provesTrue | tags.ownsTrue;
  if ((both & tags.identity) !== 0 && ((both & tags.taint) !== 0 || text != null)) bits |= tags.ownsTrue;
  // `crypto.subtle.verify(…) === true`.
  bits |= value.tags & guards & ~tags.fails & (text == null ? 0 : truePart);
  // What type it has says nothing of its value.
  if ((both & tags.taint) !== 0 && text != null && value.path !== "@typeof") bits |= tags.listsTrue;
  return tagged((isEqual ? bits : negate(tagged(bits)).tags) | seen);
}
