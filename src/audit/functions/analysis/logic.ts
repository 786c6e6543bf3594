import { tellUnset, truth } from "./compare.ts";
import { evaluate } from "./evaluate.ts";
import { guarded } from "./execute.ts";
import { merge } from "./happening.ts";
import { type Node, part, text } from "./node.ts";
import type { Run } from "./run.ts";
import { common, either, type Facts, guards, has, type Scope, tags, unknown, type Value } from "./value.ts";

/** `&&`, `||` and `??`: what both sides prove, and what one of them does. */
export function evaluateLogical(run: Run, scope: Scope, node: Node): Value {
  const left = run.tested(side(run, scope, node, "left"));
  const operator = node["operator"];
  const before = { ...run.state };
  // The right side is reached when the left one came out so.
  if (operator === "&&") run.state = guarded(before, left, true);
  if (operator === "||") run.state = guarded(before, left, false);
  const right = side(run, scope, node, "right");
  run.state = { ...merge([before, run.state]), failing: before.failing };
  if (isSkipped(operator, left, right)) {
    tellUnset(run, scope, node, left);
    return right;
  }
  if (operator === "&&") return bothOf(left, right);
  const fallback = right.isNothing || right.text != null;
  const all = guards & ~(operator === "||" ? tags.provesFalse | tags.ownsFalse : 0) & ~tags.fails;
  const some = operator === "||" ? tags.provesFalse | tags.ownsFalse | tags.fails : tags.fails;
  // `token || ""` is still the token; only a proof on both sides stays one.
  const bits =
    ((left.tags | right.tags) & some) | (left.tags & right.tags & all) | (fallback ? left.tags & all : 0);
  // An empty text stands for nothing, and a secret that is written down is none.
  const isSecret = has(left, tags.secret);
  const isStandIn = right.text != null && (right.text === "" || isSecret) && has(left, tags.loose);
  const isEmpty = right.text === "" && (isSecret ? has(left, tags.loose) : has(left, tags.taint));
  const loose = right.isNothing || isStandIn ? tags.loose : right.tags & tags.loose;
  const given = left.isNothing ? right : either(left, right);
  // `… ?? undefined`
  const isUndefined = has(given, tags.taint) && text(part(node, "right")) === "undefined";
  const value = isUndefined ? { ...given, tags: given.tags | tags.loose } : given;
  return {
    ...value,
    tags: (value.tags & ~guards & ~tags.loose) | bits | (value.tags & loose),
    path: isEmpty
      ? "@empty"
      : isStandIn
        ? "@literal"
        : right.text != null && value.path === "@header"
          ? ""
          : value.path,
    whenTrue: operator === "||" ? eitherOf(left, right) : value.whenTrue,
    whenFalse: operator === "||" ? [...left.whenFalse, ...right.whenFalse] : value.whenFalse,
  };
}

/** `secret && sent !== secret`, `!secret || sent === secret`: without a secret nobody is asked for it. */
function isSkipped(operator: unknown, left: Value, right: Value): boolean {
  if (!has(left, tags.secret) || !has(left, tags.loose)) return false;
  return operator === "&&"
    ? has(right, tags.provesFalse)
    : left.path === "@unset" && has(right, tags.provesTrue);
}

/** On a list or of a shape, whichever: it is not what anybody sends. */
function eitherOf(left: Value, right: Value): Facts {
  if (left.isNothing) return right.whenTrue;
  if (right.isNothing) return left.whenTrue;
  const same = common(left.whenTrue, right.whenTrue);
  const narrow = (facts: Facts): ReadonlySet<string> =>
    new Set(facts.flatMap((one) => /^(?:listed|shaped):(.*)$/s.exec(one)?.[1] ?? []));
  const others = narrow(right.whenTrue);
  return [
    ...same,
    ...[...narrow(left.whenTrue)].filter((one) => others.has(one)).map((one) => `shaped:${one}`),
  ];
}

function bothOf(left: Value, right: Value): Value {
  const value = either(left, right);
  const any = tags.provesTrue | tags.ownsTrue;
  const all = guards & ~any & ~tags.fails;
  const bits = ((left.tags | right.tags) & (any | tags.fails)) | (left.tags & right.tags & all);
  return {
    ...value,
    tags: (value.tags & ~guards) | bits,
    isNothing: left.isNothing || right.isNothing,
    whenTrue: [...truth(left), ...truth(right)],
    whenFalse: common(left.whenFalse, right.whenFalse),
  };
}

function side(run: Run, scope: Scope, node: Node, member: "left" | "right"): Value {
  const given = part(node, member);
  return given == null ? unknown : evaluate(run, scope, given);
}
