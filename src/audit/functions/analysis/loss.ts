import type { State } from "./happening.ts";
import { holds, isFunction, keyOf, type Node, part, parts, text, walk } from "./node.ts";
import { tags, type Value } from "./value.ts";

/** What came to nothing where the test holds. */
export function lossOf({ tags: bits, path }: Value): State["overlooked"] {
  if ((bits & tags.fails) === 0) return null;
  return path === "@error.write" ? "write" : path === "@refused" ? "call" : null;
}

/** It waits for something, and nothing in it catches. */
export function mayFail(made: Node | null): boolean {
  let awaits = false;
  let catches = false;
  walk(made ?? { type: "", start: 0, end: 0 }, (node) => {
    awaits ||= node.type === "AwaitExpression";
    catches ||= node.type === "CatchClause" || keyOf(node, "property") === "catch";
    return node === made || !isFunction(node);
  });
  return awaits && !catches;
}

/** What a block is there for: something it waits for, if it is one call to another service. */
export function sent(block: Node): State["overlooked"] {
  const waits = holds(block, (one) => {
    const call = one.type === "AwaitExpression" ? part(one, "argument") : null;
    return call?.type === "CallExpression" && parts(call, "arguments").length > 0;
  });
  const isFetch = holds(
    block,
    (one) => one.type === "CallExpression" && text(part(one, "callee")) === "fetch",
  );
  return isFetch || (waits && parts(block, "body").length === 1) ? "call" : null;
}

/** Words in the log, and nothing else. */
export function isTalk(statement: Node): boolean {
  const all = statement.type === "BlockStatement" ? parts(statement, "body") : [statement];
  return all.every((one) => {
    const callee = part(part(one, "expression") ?? one, "callee");
    return /^(console|log|logger)$/.test(text(callee == null ? null : part(callee, "object")));
  });
}
