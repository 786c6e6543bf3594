import { assign, bind, elementOf } from "./bind.ts";
import { evaluate } from "./evaluate.ts";
import { executeOne, guarded } from "./execute.ts";
import { merge } from "./happening.ts";
import { holds, type Node, part, parts } from "./node.ts";
import type { Run } from "./run.ts";
import { has, Scope, tagged, tags, unknown } from "./value.ts";

/** Once, as if it went round; what holds afterwards holds without a round as well. */
export function executeLoop(run: Run, scope: Scope, statement: Node): void {
  const inner = new Scope(scope.module, scope);
  const body = part(statement, "body");
  const isEndless =
    (statement.type === "WhileStatement" && part(statement, "test")?.["value"] === true) ||
    (statement.type === "ForStatement" && part(statement, "test") == null);
  if (statement.type === "ForStatement") {
    const init = part(statement, "init");
    if (init?.type === "VariableDeclaration") executeOne(run, inner, init);
    else if (init != null) evaluate(run, inner, init);
  }
  const right = part(statement, "right");
  if (right != null) {
    const over = evaluate(run, inner, right);
    const left = part(statement, "left");
    const element = statement.type === "ForOfStatement" ? elementOf(over) : tagged(over.tags & tags.taint);
    run.tell("loop", inner, statement, { name: "over", value: over });
    if (left?.type === "VariableDeclaration") {
      for (const one of parts(left, "declarations")) {
        const id = part(one, "id");
        if (id != null) bind(run, inner, id, element);
      }
    } else if (left != null) assign(run, inner, left, element);
  }
  const test = part(statement, "test");
  const tested = test == null ? unknown : evaluate(run, inner, test);
  if (test?.type === "BinaryExpression" && statement.type !== "ForOfStatement")
    tellCount(run, inner, statement, test);
  // A counter below a length is no limit on it.
  const value = statement.type === "ForStatement" ? { ...tested, whenTrue: [], whenFalse: [] } : tested;
  if (statement.type !== "ForOfStatement" && has(value, tags.length) && has(value, tags.taint))
    run.tell("loop", inner, statement, { name: "over", value });
  if (isEndless) run.tell("loop", inner, statement, { name: "endless" });
  const before = { ...run.state };
  run.state = guarded(before, value, true);
  if (body != null) executeOne(run, inner, body);
  const update = part(statement, "update");
  if (update != null && !run.state.dead) evaluate(run, inner, update);
  // It may not run at all, and what a return left behind has been written down.
  run.state =
    isEndless && !holds(statement, ({ type }) => type === "BreakStatement")
      ? { ...run.state, dead: true }
      : { ...merge([{ ...run.state }, guarded(before, value, false)]), failing: before.failing };
}

/** As often as a number that was sent. */
function tellCount(run: Run, scope: Scope, loop: Node, test: Node): void {
  if (!/^[<>]=?$/.test(String(test["operator"]))) return;
  for (const side of ["left", "right"]) {
    const limit = part(test, side);
    const value = limit == null ? unknown : evaluate(run, scope, limit);
    if (has(value, tags.taint) && !has(value, tags.length))
      run.tell("loop", scope, loop, { name: "count", value });
  }
}
