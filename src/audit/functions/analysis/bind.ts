import { evaluate } from "./evaluate.ts";
import { memberOf } from "./member.ts";
import { keyOf, type Node, part, parts, text } from "./node.ts";
import { respond } from "./respond.ts";
import type { Run } from "./run.ts";
import { either, has, record, type Scope, tags, unknown, type Value } from "./value.ts";

/** Gives the names of a pattern their parts of a value. */
export function bind(run: Run, scope: Scope, pattern: Node, value: Value): void {
  switch (pattern.type) {
    case "Identifier":
      scope.names.set(text(pattern), value);
      return;
    case "TSParameterProperty": {
      const parameter = part(pattern, "parameter");
      if (parameter == null) return;
      bind(run, scope, parameter, value);
      scope.names.get("this")?.members?.set(text(parameter), value);
      return;
    }
    case "AssignmentPattern": {
      const left = part(pattern, "left");
      const right = part(pattern, "right");
      if (left == null || right == null) return;
      const fallback = evaluate(run, scope, right);
      bind(run, scope, left, value.isNothing ? fallback : either(value, fallback));
      return;
    }
    case "ObjectPattern":
      for (const one of parts(pattern, "properties")) {
        const inner = part(one, one.type === "RestElement" ? "argument" : "value");
        const name = keyOf(one, "key");
        if (inner == null) continue;
        bind(
          run,
          scope,
          inner,
          one.type === "RestElement" || name == null ? value : memberOf(run, scope, value, name, one),
        );
      }
      return;
    case "ArrayPattern": {
      const elements = Array.isArray(pattern["elements"]) ? pattern["elements"] : [];
      for (const [index, one] of elements.entries()) {
        if (one == null) continue;
        const isRest = one.type === "RestElement";
        const known = isRest ? null : value.members?.get(`@${index}`);
        bind(run, scope, isRest ? (part(one, "argument") ?? one) : one, known ?? elementOf(value));
      }
      return;
    }
    case "RestElement": {
      const rest = part(pattern, "argument");
      if (rest != null) bind(run, scope, rest, record({ "*": value }, value.tags & tags.taint));
      return;
    }
    case "MemberExpression":
      assignMember(run, scope, pattern, value);
      return;
    default:
      return;
  }
}

/** `=` on names that are there already: whatever they were, they may be so still. */
export function assign(run: Run, scope: Scope, target: Node, given: Value): void {
  const value = run.state.failing && tellsFailure(given) ? { ...given, path: "@failed" } : given;
  if (target.type === "Identifier") {
    const name = text(target);
    const holder = scope.find(name) ?? scope;
    const known = holder.names.get(name);
    // In its own scope an assignment comes for sure after what was before.
    holder.names.set(
      name,
      known == null || holder === scope || known.isNothing ? value : either(known, value),
    );
    return;
  }
  if (target.type === "ObjectPattern" || target.type === "ArrayPattern") bind(run, scope, target, value);
  else if (target.type === "MemberExpression") assignMember(run, scope, target, value);
}

/** `{ sent: false, reason }`: what a catch leaves for the answer. */
function tellsFailure({ members }: Value): boolean {
  if (members == null) return false;
  return [...members].some(
    ([name, value]) =>
      /^(error|reason|failure)$/.test(name) ||
      (/^(ok|success|sent|done|delivered|saved)$/.test(name) && value.isNothing),
  );
}

function assignMember(run: Run, scope: Scope, target: Node, value: Value): void {
  const object = part(target, "object");
  if (object == null) return;
  const holder = evaluate(run, scope, object);
  const name = keyOf(target, "property") ?? "*";
  // oak answers by assignment; Express leaves the user on the request.
  if (holder.path === "@request.response" && name === "body") respond(run, scope, target, [value], unknown);
  else if (has(holder, tags.request)) run.context.set(name, value);
  const known = holder.members?.get(name);
  holder.members?.set(name, known == null ? value : either(known, value));
}

/** What an array holds. */
export function elementOf(value: Value): Value {
  const inner = value.members?.get("*");
  const source = value.source === "" ? "" : `${value.source}.*`;
  return inner ?? (value.tags === 0 && source === "" ? unknown : { ...unknown, tags: value.tags, source });
}
