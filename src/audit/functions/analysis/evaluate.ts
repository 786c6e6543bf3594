import { assign, elementOf } from "./bind.ts";
import { evaluateCall, evaluateNew } from "./call.ts";
import { compare, negate } from "./compare.ts";
import { guarded, withNarrowed } from "./execute.ts";
import { merge } from "./happening.ts";
import { memberOf } from "./member.ts";
import { bare, keyOf, literal, type Node, part, parts, text } from "./node.ts";
import { passed, type Run } from "./run.ts";
import {
  deepTags,
  either,
  guards,
  has,
  nothing,
  type Scope,
  tagged,
  tags,
  unknown,
  type Value,
} from "./value.ts";

/** What is known of an expression's value. */
export function evaluate(run: Run, scope: Scope, given: Node): Value {
  const node = bare(given);
  if (run.state.dead || !run.step()) return unknown;
  switch (node.type) {
    case "Literal":
      return evaluateLiteral(node);
    case "Identifier":
      return listed(run, evaluateName(run, scope, text(node)));
    case "ThisExpression":
      return scope.find("this")?.names.get("this") ?? unknown;
    case "MemberExpression":
      return listed(run, evaluateMember(run, scope, node));
    case "AwaitExpression":
    case "YieldExpression":
      return inner(run, scope, node, "argument");
    case "CallExpression":
      return evaluateCall(run, scope, node);
    case "NewExpression":
      return evaluateNew(run, scope, node);
    case "FunctionExpression":
    case "ArrowFunctionExpression":
    case "ClassExpression":
      return {
        ...unknown,
        closures: [{ node, scope, self: scope.find("this")?.names.get("this") ?? null }],
      };
    case "ObjectExpression":
      return evaluateObject(run, scope, node);
    case "ArrayExpression":
      return evaluateArray(run, scope, node);
    case "TemplateLiteral":
      return evaluateTemplate(run, scope, node);
    case "TaggedTemplateExpression":
      for (const one of parts(part(node, "quasi") ?? node, "expressions")) evaluate(run, scope, one);
      return unknown;
    case "ConditionalExpression":
      return evaluateConditional(run, scope, node);
    case "LogicalExpression":
      return evaluateLogical(run, scope, node);
    case "UnaryExpression": {
      const value = inner(run, scope, node, "argument");
      if (node["operator"] === "!") return negate(value);
      return { ...tagged(value.tags & tags.taint), path: node["operator"] === "typeof" ? "@typeof" : "" };
    }
    case "BinaryExpression":
      return evaluateBinary(run, scope, node);
    case "AssignmentExpression":
      return evaluateAssignment(run, scope, node);
    case "SequenceExpression":
      return parts(node, "expressions").reduce((_, one) => evaluate(run, scope, one), unknown);
    case "SpreadElement":
      return inner(run, scope, node, "argument");
    default:
      return unknown;
  }
}

function inner(run: Run, scope: Scope, node: Node, member: string): Value {
  const argument = part(node, member);
  return argument == null ? unknown : evaluate(run, scope, argument);
}

function evaluateLiteral(node: Node): Value {
  const value = node["value"];
  if (value === null || value === false) return nothing;
  return { ...unknown, text: typeof value === "string" || typeof value === "number" ? String(value) : null };
}

function evaluateName(run: Run, scope: Scope, name: string): Value {
  if (name === "undefined") return nothing;
  const known = scope.find(name)?.names.get(name);
  if (known != null) return known;
  const imported = scope.module.imported.get(name);
  if (imported == null) return { ...unknown, path: name };
  const resolved = run.graph.resolve(imported.specifier, scope.module.path);
  if (resolved.kind === "local") return run.exportOf(resolved.path, imported.name) ?? unknown;
  if (resolved.kind === "missing") return unknown;
  const used = imported.name === "default" || imported.name === "*" ? "" : imported.name;
  return { ...unknown, path: `${packageOf(resolved.specifier)}#${used}` };
}

/** `npm:jose@5.2.0` → jose, `https://esm.sh/@supabase/supabase-js@2` → @supabase/supabase-js. */
function packageOf(specifier: string): string {
  const path = specifier.replace(/^(npm|jsr|node):\/?/, "").replace(/^https?:\/\/[^/]+\/(x\/|v\d+\/)?/, "");
  return path.replace(/(?<=[^/])@[^/]*/, "");
}

function listed(run: Run, value: Value): Value {
  return run.state.listed && has(value, tags.taint) ? { ...value, tags: value.tags | tags.listed } : value;
}

function evaluateMember(run: Run, scope: Scope, node: Node): Value {
  const object = part(node, "object");
  if (object == null) return unknown;
  const value = evaluate(run, scope, object);
  const name = keyOf(node, "property");
  if (name != null && !/^\d+$/.test(name)) return memberOf(run, scope, value, name, node);
  const property = part(node, "property");
  if (property != null && name == null) evaluate(run, scope, property);
  // One of the members, whichever.
  if (value.members != null) return [...value.members.values()].reduce(either, unknown);
  return tagged(value.tags & ~guards);
}

function evaluateObject(run: Run, scope: Scope, node: Node): Value {
  const members = new Map<string, Value>();
  let bits = 0;
  for (const one of parts(node, "properties")) {
    if (one.type === "SpreadElement") {
      const spread = inner(run, scope, one, "argument");
      for (const [name, value] of spread.members ?? []) members.set(name, value);
      bits |= spread.tags & ~guards;
      if (spread.path !== "" || spread.members == null) members.set("...", spread);
      continue;
    }
    const value = part(one, "value");
    if (value == null) continue;
    const key = part(one, "key");
    if (one["computed"] === true && key != null) evaluate(run, scope, key);
    members.set(keyOf(one, "key") ?? "*", evaluate(run, scope, value));
  }
  return { ...unknown, tags: bits & ~tags.request, members };
}

function evaluateArray(run: Run, scope: Scope, node: Node): Value {
  const elements = parts(node, "elements").map((one) =>
    one.type === "SpreadElement" ? elementOf(inner(run, scope, one, "argument")) : evaluate(run, scope, one),
  );
  // A list as written is as long as it is.
  return { ...unknown, members: new Map([["*", elements.reduce(either, unknown)]]) };
}

function evaluateTemplate(run: Run, scope: Scope, node: Node): Value {
  const plain = literal(node);
  if (plain != null) return { ...unknown, text: plain };
  const values = parts(node, "expressions").map((one) => evaluate(run, scope, one));
  const first = parts(node, "quasis")[0]?.["value"] as { readonly cooked?: string } | undefined;
  return build(values, first?.cooked ?? "");
}

/** A text from parts; its first part decides over the host of a URL. */
function build(values: readonly Value[], start: string): Value {
  const bits = values.reduce((all, value) => all | textTags(value), 0);
  const isFixed =
    start === ""
      ? values[0] != null && !has(values[0], tags.taint)
      : /^(https?:\/\/[^/]+\/|\/|[^h])/.test(start);
  const all = values.filter((value) => has(value, tags.taint));
  const isListed = all.length > 0 && all.every((value) => has(value, tags.listed)) ? tags.listed : 0;
  const hostFixed =
    isFixed || (values[0] != null && has(values[0], tags.fixedHost) && start === "") ? tags.fixedHost : 0;
  return tagged((bits & (passed | tags.decoded | tags.identity)) | tags.built | hostFixed | isListed);
}

/** An error in a text is its text. */
export function textTags(value: Value): number {
  const bits = deepTags(value);
  return (bits & tags.error) === 0 ? bits : bits | tags.errorText;
}

function evaluateConditional(run: Run, scope: Scope, node: Node): Value {
  const test = part(node, "test");
  const consequent = part(node, "consequent");
  const alternate = part(node, "alternate");
  if (test == null || consequent == null || alternate == null) return unknown;
  const value = evaluate(run, scope, test);
  const before = { ...run.state };
  run.state = guarded(before, value, true);
  const yes = withNarrowed(scope, test, () => evaluate(run, scope, consequent));
  const after = run.state;
  run.state = guarded(before, value, false);
  const no = evaluate(run, scope, alternate);
  run.state = { ...merge([after, run.state]), failing: before.failing };
  return either(yes, no);
}

function evaluateLogical(run: Run, scope: Scope, node: Node): Value {
  const left = inner(run, scope, node, "left");
  const operator = node["operator"];
  const before = { ...run.state };
  // The right side is reached when the left one came out so.
  if (operator === "&&") run.state = guarded(before, left, true);
  if (operator === "||") run.state = guarded(before, left, false);
  const right = inner(run, scope, node, "right");
  run.state = { ...merge([before, run.state]), failing: before.failing };
  if (operator === "??") return left.isNothing ? right : either(left, right);
  const value = either(left, right);
  const isAnd = operator === "&&";
  const any = isAnd
    ? tags.provesTrue | tags.ownsTrue | tags.listsTrue
    : tags.provesFalse | tags.ownsFalse | tags.listsFalse;
  const all = guards & ~any & ~tags.fails;
  const bits = ((left.tags | right.tags) & (any | tags.fails)) | (left.tags & right.tags & all);
  // `token || ""` is still the token; only a proof on both sides stays one.
  const kept = right.isNothing || right.text != null ? left.tags & all : 0;
  return { ...value, tags: (value.tags & ~guards) | bits | (isAnd ? 0 : kept) };
}

function evaluateBinary(run: Run, scope: Scope, node: Node): Value {
  const left = inner(run, scope, node, "left");
  const right = inner(run, scope, node, "right");
  const operator = String(node["operator"]);
  if (operator === "+") return { ...build([left, right], left.text ?? ""), text: null };
  return compare(run, scope, node, operator, left, right);
}

function evaluateAssignment(run: Run, scope: Scope, node: Node): Value {
  const target = part(node, "left");
  const value = inner(run, scope, node, "right");
  if (target == null) return value;
  if (node["operator"] === "=") {
    assign(run, scope, target, value);
    return value;
  }
  const known = evaluate(run, scope, target);
  const joined = node["operator"] === "+=" ? build([known, value], "") : either(known, value);
  assign(run, scope, target, joined);
  return joined;
}
