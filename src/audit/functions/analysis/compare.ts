import type { Node } from "./node.ts";
import { isDrawn } from "./one-time-code.ts";
import type { Run } from "./run.ts";
import { type Facts, guards, has, type Scope, tagged, tags, type Value } from "./value.ts";

/** Under this name a value holds whether it being a Response tells who calls. */
export const refusal = "@response";

/** Under this name a value holds which of its texts tell who calls, such as "ok" of "ok" and "denied". */
export const verdict = "@verdict";

const truePart = tags.provesTrue | tags.ownsTrue;

/** `!value`: what truth proved, falsehood does now. Each pair lies side by side, truth first. */
export function negate(value: Value): Value {
  const bits = value.tags & guards & ~tags.fails;
  const swapped = ((bits & truePart) << 1) | ((bits & ~truePart) >> 1);
  // `!secret`
  if (has(value, tags.secret) && has(value, tags.loose) && value.source !== "")
    return {
      ...tagged(tags.secret | tags.loose, value.source),
      // Twice is as if never.
      path: value.path === "@unset" ? "" : "@unset",
      whenTrue: value.whenFalse,
      whenFalse: value.path === "@unset" ? value.whenTrue : truth(value),
    };
  // `!response.ok`: the other service said no.
  const isRefused = value.path === "@answer.ok";
  return {
    ...tagged(swapped | about(value) | (isRefused ? tags.fails : 0)),
    path: value.path.startsWith("@usermeta") ? value.path : isRefused ? "@refused" : "",
    whenTrue: value.whenFalse,
    whenFalse: truth(value),
  };
}

/** What a value's truth tells besides what was tested for it. */
export function truth(value: Value): Facts {
  return value.source === "" ? value.whenTrue : [...value.whenTrue, `set:${value.source}`];
}

/** A verdict over something keeps what it is about, and is nothing to be checked itself. */
function about({ tags: bits }: Value): number {
  const kept = bits & (tags.taint | tags.length | tags.body);
  return kept === 0 ? 0 : kept | tags.valid;
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
  const seen = about(left) | about(right);
  if (operator === "instanceof" && right.path === "Response")
    return left.members?.get(refusal) ?? tagged(seen);
  if (/^[<>]=?$/.test(operator)) return { ...tagged(seen), ...limits(operator, left, right) };
  if (/^[\^|&-]$/.test(operator)) return mixed(left, right, seen);
  if (!/^[!=]==?$/.test(operator)) return tagged(seen);
  const isEqual = operator.startsWith("=");
  const other = right.isNothing ? left : left.isNothing ? right : null;
  // `x === null` is `!x`; `!== 0` over what a comparison left is its truth.
  const zero = right.text === "0" ? left : null;
  const plain = other ?? (zero != null && (zero.tags & guards) !== 0 ? zero : null);
  if (plain != null) {
    const turned = isEqual ? negate(plain) : plain;
    return {
      ...tagged((turned.tags & guards) | seen),
      path: turned.path.startsWith("@usermeta") ? turned.path : "",
      whenTrue: isEqual ? plain.whenFalse : truth(plain),
      whenFalse: isEqual ? truth(plain) : plain.whenFalse,
    };
  }
  const same = equal(run, scope, node, operator, left, right);
  const isMethod = left.path === "@request.method" && right.text != null;
  const [is, isNot] = isMethod ? [[`method:${right.text}`], [`method:!${right.text}`]] : [same.facts, []];
  return isEqual
    ? { ...tagged(same.bits | seen), whenTrue: is, whenFalse: isNot }
    : { ...tagged((negate(tagged(same.bits)).tags & guards) | seen), whenTrue: isNot, whenFalse: is };
}

/** What it tells when the two are the same. */
function equal(
  run: Run,
  scope: Scope,
  node: Node,
  operator: string,
  left: Value,
  right: Value,
): { readonly bits: number; readonly facts: Facts } {
  const text = left.text ?? right.text;
  const value = left.text == null ? left : right;
  if (has(value, tags.path) && text != null) run.tell("path-compared", scope, node, { name: text, value });
  tellMetadata(run, scope, node, value, operator === "!==" ? 1 : 0);
  const facts = [
    ...listing(left, right),
    ...listing(right, left),
    ...exactly(left, right),
    ...exactly(right, left),
  ];
  let bits = text == null ? 0 : (value.members?.get(verdict)?.members?.get(text)?.tags ?? 0);
  // A secret of ours beside what the caller sent: equal, it is a service.
  for (const [own, sent] of [
    [left, right],
    [right, left],
  ] as const) {
    if (!has(own, tags.secret | tags.mac) || isDrawn(own) || !has(sent, tags.taint)) continue;
    bits |= tags.provesTrue | tags.ownsTrue;
    if (mayBothBeUnset(operator, own, sent)) tellUnset(run, scope, node, own);
  }
  // Only who deploys says that this is no production.
  if (
    /^env#(DENO_|NODE_|APP_|SUPABASE_)?(ENV|ENVIRONMENT|STAGE)$/.test(value.path) &&
    /^(local|dev|test)/.test(text ?? "")
  )
    bits |= tags.provesTrue | tags.ownsTrue;
  const both = left.tags | right.tags;
  const sides = [left, right];
  const rows = sides.find(({ source }) => source.startsWith("rows:"));
  const own = sides.find(({ source }) => source.startsWith("own:"));
  // What a row of the caller's own says, such as a role or an organization, is the project's word.
  const isOwned = own != null && (text != null || rows != null || (both & tags.taint) !== 0);
  const isSelf = (both & tags.identity) !== 0 && ((both & tags.taint) !== 0 || text != null || rows != null);
  if (isOwned || isSelf) {
    bits |= tags.ownsTrue;
    if (rows != null) run.tell("row-compared", scope, node, { name: queryOf(rows) });
  }
  // A row's own token: who can say it was given it.
  if (rows != null && isOpaque(rows.source) && sides.some((one) => one !== rows && has(one, tags.taint))) {
    bits |= tags.provesTrue | tags.ownsTrue;
    run.tell("looked-up", scope, node, { name: queryOf(rows) });
  }
  // `crypto.subtle.verify(…) === true`.
  bits |= value.tags & guards & ~tags.fails & (text == null ? 0 : truePart);
  return { bits, facts };
}

/** Where rows were asked for. */
function queryOf({ source }: Value): string {
  return source.replace(/\/\..*$/s, "/");
}

function isOpaque(source: string): boolean {
  return /(token|secret|otp|pin|password|passcode|hash)$/i.test(source);
}

/** What users wrote about themselves is looked at; see `metadata-tested`. */
export function tellMetadata(
  run: Run,
  scope: Scope,
  node: Node,
  { path }: Value,
  status: number | null = null,
): void {
  const name = /^@usermeta(?:\.(.*))?$/s.exec(path);
  if (name != null) run.tell("metadata-tested", scope, node, { name: name[1] ?? "", status });
}

export function tellUnset(run: Run, scope: Scope, node: Node, { source }: Value): void {
  run.tell("unset-compared", scope, node, { name: source.replace("env#", "") });
}

/** Equal to something that the caller has no say in. What type or length it has says nothing of its value. */
function listing(value: Value, other: Value): Facts {
  const isListed =
    has(value, tags.taint) && !has(value, tags.length) && !has(other, tags.taint) && value.path !== "@typeof";
  return isListed && value.source !== "" ? [`listed:${value.source}`] : [];
}

/** `Bearer ${undefined}` can be sent; undefined === undefined; null == undefined; "" === ""; a literal is known. */
export function mayBothBeUnset(operator: string, own: Value, sent: Value): boolean {
  if (!has(own, tags.loose)) return false;
  if (own.path === "@literal" || has(own, tags.mac)) return true;
  if (own.path === "@empty") return sent.path === "@empty";
  return has(own, tags.built) || has(sent, tags.loose) || (operator.length === 2 && sent.path === "@header");
}

/** `pair.length === 2`. */
function exactly(value: Value, other: Value): Facts {
  const isLength = has(value, tags.length) && has(value, tags.taint) && !has(other, tags.taint);
  return isLength && value.source !== "" ? [`bounded:${value.source}`] : [];
}

/** A length, or a number that was sent, below one of ours. */
function limits(operator: string, left: Value, right: Value): { whenTrue: Facts; whenFalse: Facts } {
  const measured = tags.length | tags.taint;
  const isLeft = has(left, measured) && !has(right, tags.taint);
  const isRight = has(right, measured) && !has(left, tags.taint);
  const { source } = isLeft ? left : right;
  if (isLeft === isRight || source === "") return { whenTrue: [], whenFalse: [] };
  const isUpper = operator.startsWith("<") === isLeft;
  const facts = [`bounded:${source}`];
  return isUpper ? { whenTrue: facts, whenFalse: [] } : { whenTrue: [], whenFalse: facts };
}

/** Bit by bit over a code of ours and one that was sent: zero when they are the same. */
function mixed(left: Value, right: Value, seen: number): Value {
  const own = (one: Value): boolean => has(one, tags.secret | tags.mac);
  const isCompared = (own(left) && has(right, tags.taint)) || (own(right) && has(left, tags.taint));
  return tagged(seen | (isCompared ? tags.provesFalse | tags.ownsFalse : 0));
}
