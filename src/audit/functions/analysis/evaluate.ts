import { assign, elementOf } from "./bind.ts";
import { evaluateCall, evaluateNew } from "./call.ts";
import { compare, negate, tellMetadata } from "./compare.ts";
import { correlate } from "./correlate.ts";
import { taggedStatement } from "./database.ts";
import { guarded, withNarrowed } from "./execute.ts";
import { merge } from "./happening.ts";
import { evaluateLogical } from "./logic.ts";
import { memberOf } from "./member.ts";
import { bare, keyOf, literal, type Node, part, parts, text } from "./node.ts";
import type { Run } from "./run.ts";
import { joinText } from "./text.ts";
import { either, guards, has, nothing, type Scope, tagged, tags, unknown, type Value } from "./value.ts";

/** What is known of an expression's value. */
export function evaluate(run: Run, scope: Scope, given: Node): Value {
  const node = bare(given);
  if (run.state.dead || !run.step()) return unknown;
  switch (node.type) {
    case "Literal":
      return evaluateLiteral(node);
    case "Identifier":
      return run.known(evaluateName(run, scope, text(node)));
    case "ThisExpression":
      return scope.find("this")?.names.get("this") ?? unknown;
    case "MemberExpression":
      return run.known(evaluateMember(run, scope, node));
    case "AwaitExpression":
      return run.awaited(inner(run, scope, node, "argument"));
    case "YieldExpression":
      return inner(run, scope, node, "argument");
    case "ImportExpression":
      return importOf(run, scope, literal(part(node, "source")) ?? "", "*");
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
      return taggedStatement(run, scope, node);
    case "ConditionalExpression":
      return evaluateConditional(run, scope, node);
    case "LogicalExpression":
      return evaluateLogical(run, scope, node);
    case "UnaryExpression": {
      const value = run.tested(inner(run, scope, node, "argument"));
      if (node["operator"] === "!") return negate(value);
      const bits = value.tags & (tags.taint | tags.body);
      return {
        ...tagged(bits === 0 ? 0 : bits | tags.valid),
        path: node["operator"] === "typeof" ? "@typeof" : "",
      };
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
  const regex = node["regex"] as { readonly pattern?: unknown } | undefined;
  if (typeof regex?.pattern === "string") return { ...unknown, path: `@regex:${regex.pattern}` };
  if (value === null || value === false) return nothing;
  return { ...unknown, text: /^(string|number|boolean)$/.test(typeof value) ? String(value) : null };
}

function evaluateName(run: Run, scope: Scope, name: string): Value {
  if (name === "undefined") return nothing;
  const known = scope.find(name)?.names.get(name);
  if (known != null) return known;
  const imported = scope.module.imported.get(name);
  if (imported == null) return { ...unknown, path: name };
  return importOf(run, scope, imported.specifier, imported.name);
}

/** What another module gives. */
export function importOf(run: Run, scope: Scope, specifier: string, name: string): Value {
  const resolved = run.graph.resolve(specifier, scope.module.path);
  if (resolved.kind === "local") return run.exportOf(resolved.path, name) ?? unknown;
  if (resolved.kind === "missing") return unknown;
  const used = name === "default" || name === "*" ? "" : name;
  return { ...unknown, path: `${packageOf(resolved.specifier)}#${used}` };
}

/** `npm:jose@5.2.0` → jose, `https://esm.sh/@supabase/supabase-js@2` → @supabase/supabase-js. */
function packageOf(specifier: string): string {
  const path = specifier.replace(/^(npm|jsr|node):\/?/, "").replace(/^https?:\/\/[^/]+\/(x\/|v\d+\/)?/, "");
  return path.replace(/(?<=[^/])@[^/]*/, "");
}

function evaluateMember(run: Run, scope: Scope, node: Node): Value {
  const object = part(node, "object");
  if (object == null) return unknown;
  const value = evaluate(run, scope, object);
  const name = keyOf(node, "property");
  if (name != null && !/^\d+$/.test(name)) return optional(node, memberOf(run, scope, value, name, node));
  const property = part(node, "property");
  if (property != null && name == null) {
    // RANK[role]
    tellMetadata(run, scope, property, evaluate(run, scope, property));
  }
  // One of the members, whichever.
  if (value.members != null) return [...value.members.values()].reduce(either, unknown);
  const loose = value.tags & tags.taint && value.path !== "@headers" ? tags.loose : 0;
  return tagged((value.tags & ~guards) | loose, value.source === "" ? "" : `${value.source}.${name ?? "*"}`);
}

/** `a?.b` may be undefined. */
export function optional(node: Node, value: Value): Value {
  return isOptional(node) && has(value, tags.taint) ? { ...value, tags: value.tags | tags.loose } : value;
}

function isOptional(node: Node | null): boolean {
  if (node == null || !/^(Member|Call)Expression$|^(TSNonNull|Chain)Expression$/.test(node.type))
    return false;
  return (
    node["optional"] === true ||
    isOptional(part(node, "object") ?? part(node, "callee") ?? part(node, "expression"))
  );
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
  if (elements.length === 0) return { ...unknown, members: new Map() };
  // A list as written is as long as it is.
  const numbered = elements.slice(0, 20).map((one, index): [string, Value] => [`@${index}`, one]);
  return { ...unknown, members: new Map([["*", elements.reduce(either, unknown)], ...numbered]) };
}

function evaluateTemplate(run: Run, scope: Scope, node: Node): Value {
  const plain = literal(node);
  if (plain != null) return { ...unknown, text: plain };
  const values = parts(node, "expressions").map((one) => evaluate(run, scope, one));
  const before = parts(node, "quasis").map(
    (one) => (one["value"] as { readonly cooked?: string } | undefined)?.cooked ?? "",
  );
  const texts = values.map(({ text }) => text);
  // Of literals and constants alone.
  if (texts.every((text) => text != null))
    return { ...unknown, text: before.map((one, index) => one + (texts[index] ?? "")).join("") };
  return joinText(values, before);
}

function evaluateConditional(run: Run, scope: Scope, node: Node): Value {
  const test = part(node, "test");
  const consequent = part(node, "consequent");
  const alternate = part(node, "alternate");
  if (test == null || consequent == null || alternate == null) return unknown;
  const value = run.tested(evaluate(run, scope, test));
  const before = { ...run.state };
  run.state = guarded(before, value, true);
  const yes = withNarrowed(scope, test, () => evaluate(run, scope, consequent));
  const after = run.state;
  run.state = guarded(before, value, false);
  const no = evaluate(run, scope, alternate);
  const ways = [
    { value: yes, state: after },
    { value: no, state: run.state },
  ].filter(({ state }) => !state.dead);
  run.state = { ...merge([after, run.state]), failing: before.failing, validated: before.validated };
  return ways.length === 0 ? unknown : correlate(ways, before);
}

function evaluateBinary(run: Run, scope: Scope, node: Node): Value {
  const left = inner(run, scope, node, "left");
  const right = inner(run, scope, node, "right");
  const operator = String(node["operator"]);
  if (operator === "+") return concatenate(left, right);
  if (operator === "in" && left.text != null) return memberOf(run, scope, right, left.text, node);
  return compare(run, scope, node, operator, left, right);
}

function concatenate(left: Value, right: Value): Value {
  if (left.text != null && right.text != null)
    return /^\d+$/.test(left.text) ? unknown : { ...unknown, text: left.text + right.text };
  if (left.text != null) return joinText([right], [left.text]);
  return joinText([left, right], ["", ""]);
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
  const joined = node["operator"] === "+=" ? concatenate(known, value) : either(known, value);
  assign(run, scope, target, joined);
  return joined;
}
