import { bind } from "./bind.ts";
import { tellMetadata, truth } from "./compare.ts";
import { evaluate } from "./evaluate.ts";
import { merge, type State, withFacts } from "./happening.ts";
import { executeLoop } from "./loop.ts";
import { isTalk, lossOf, mayFail, sent } from "./loss.ts";
import { bare, literal, type Node, part, parts, text } from "./node.ts";
import { markOneTimeCode } from "./one-time-code.ts";
import type { Run } from "./run.ts";
import { has, nothing, Scope, tagged, tags, unknown, type Value } from "./value.ts";

/** Runs statements in order; `run.state.dead` tells that the way ends. */
export function execute(run: Run, scope: Scope, statements: readonly Node[]): void {
  for (const statement of statements) hoist(scope, statement);
  for (const statement of statements) {
    if (run.state.dead || !run.step()) return;
    executeOne(run, scope, statement);
  }
}

function hoist(scope: Scope, statement: Node): void {
  const declared = /^Export(Named|Default)Declaration$/.test(statement.type)
    ? part(statement, "declaration")
    : statement;
  if (declared == null) return;
  const isDefault = statement.type === "ExportDefaultDeclaration";
  if (declared.type === "FunctionDeclaration" || declared.type === "ClassDeclaration") {
    const name = text(part(declared, "id")) || (isDefault ? "*default*" : "");
    scope.names.set(name, { ...unknown, closures: [{ node: declared, scope, self: null }] });
  }
}

export function executeOne(run: Run, scope: Scope, statement: Node): void {
  switch (statement.type) {
    case "ExpressionStatement": {
      const expression = part(statement, "expression");
      if (expression == null) return;
      const value = evaluate(run, scope, expression);
      if (run.floats(value) && run.isInside && mayFail(run.madeBy(value)))
        run.tell("ignored", scope, expression, { name: "floating" });
      // A query is sent when it is waited for.
      if (
        has(value, tags.write) &&
        expression.type === "CallExpression" &&
        !/\.(then|catch|finally)$/.test(value.path)
      )
        run.tell("ignored", scope, expression, { name: "unsent" });
      // .then(() => {}) sends it, and looks at nothing.
      const handler = parts(expression, "arguments")[0];
      if (
        has(value, tags.write) &&
        value.path.endsWith(".then") &&
        handler != null &&
        parts(handler, "params").length === 0
      )
        run.tell("ignored", scope, expression, { name: "write", value });
      if (has(value, tags.write) && expression.type === "AwaitExpression")
        run.tell("ignored", scope, expression, { name: "write", value });
      if (value.path === "@settled") run.tell("ignored", scope, expression, { name: "settled", value });
      return;
    }
    case "VariableDeclaration":
      for (const one of parts(statement, "declarations")) declare(run, scope, one);
      return;
    case "ExportNamedDeclaration":
    case "ExportDefaultDeclaration": {
      const declared = part(statement, "declaration");
      if (declared == null || /^(Function|Class)Declaration$/.test(declared.type)) return;
      if (statement.type === "ExportDefaultDeclaration")
        scope.names.set("*default*", evaluate(run, scope, declared));
      else executeOne(run, scope, declared);
      return;
    }
    case "ReturnStatement":
      giveBack(run, scope, part(statement, "argument"));
      return;
    case "ThrowStatement": {
      const argument = part(statement, "argument");
      if (argument != null) evaluate(run, scope, argument);
      run.refusals += 1;
      run.state.dead = true;
      return;
    }
    case "IfStatement":
      executeIf(run, scope, statement);
      return;
    case "BlockStatement":
      execute(run, new Scope(scope.module, scope), parts(statement, "body"));
      return;
    case "TryStatement":
      executeTry(run, scope, statement);
      return;
    case "SwitchStatement":
      executeSwitch(run, scope, statement);
      return;
    case "ForOfStatement":
    case "ForInStatement":
    case "ForStatement":
    case "WhileStatement":
    case "DoWhileStatement":
      executeLoop(run, scope, statement);
      return;
    case "LabeledStatement": {
      const body = part(statement, "body");
      if (body != null) executeOne(run, scope, body);
      return;
    }
    case "BreakStatement":
    case "ContinueStatement":
      return;
    default:
      return;
  }
}

/** `return known ? "ok" : "denied"` goes back on two ways. */
export function giveBack(run: Run, scope: Scope, given: Node | null): void {
  const argument = given == null ? null : bare(given);
  const test = argument?.type === "ConditionalExpression" ? part(argument, "test") : null;
  if (argument != null && test != null) {
    const value = run.tested(evaluate(run, scope, test));
    if (run.state.dead) return;
    const before = { ...run.state };
    for (const isTrue of [true, false]) {
      run.state = guarded(before, value, isTrue);
      const then = () => giveBack(run, scope, part(argument, isTrue ? "consequent" : "alternate"));
      if (isTrue) withNarrowed(scope, test, then);
      else then();
    }
    return;
  }
  const value = argument == null ? nothing : evaluate(run, scope, argument);
  if (!run.state.dead) run.returns.push({ value, state: { ...run.state } });
  run.state.dead = true;
}

function declare(run: Run, scope: Scope, declarator: Node): void {
  const id = part(declarator, "id");
  const init = part(declarator, "init");
  if (id == null) return;
  const value = init == null ? { ...unknown, isNothing: true } : evaluate(run, scope, init);
  // {data} of a write, and never a look at its error.
  if (
    has(value, tags.write) &&
    id.type === "ObjectPattern" &&
    !parts(id, "properties").some(
      (one) => one.type === "RestElement" || (text(part(one, "key")) === "error" && isNamedAgain(scope, one)),
    )
  )
    run.tell("ignored", scope, declarator, { name: "write", value });
  bind(run, scope, id, id.type === "Identifier" ? markOneTimeCode(text(id), value) : value);
}

/** `{ error: contactError }` that nobody looks at. */
function isNamedAgain({ module }: Scope, property: Node): boolean {
  const name = text(part(property, "value"));
  return name === "" || module.text.split(new RegExp(`\\b${name.replaceAll("$", "\\$")}\\b`)).length > 2;
}

/** What holds when a test comes out one way. */
export function guarded(state: State, test: Value, isTrue: boolean): State {
  const has = (bits: number): boolean => (test.tags & bits) !== 0;
  const proves = has(isTrue ? tags.provesTrue : tags.provesFalse);
  return {
    ...state,
    authed: state.authed || proves,
    owner: state.owner || has(isTrue ? tags.ownsTrue : tags.ownsFalse),
    // Whichever way it came out, something looked at the body.
    validated: state.validated || has(tags.body),
    facts: withFacts(state.facts, isTrue ? truth(test) : test.whenFalse),
    failing: state.failing || (isTrue ? has(tags.fails) : false),
  };
}

function executeIf(run: Run, scope: Scope, statement: Node): void {
  const test = part(statement, "test");
  const consequent = part(statement, "consequent");
  const alternate = part(statement, "alternate");
  if (test == null || consequent == null) return;
  const value = run.tested(evaluate(run, scope, test));
  if (run.state.dead) return;
  tellMetadata(run, scope, test, value);
  const before = { ...run.state };
  const refused = run.refusals;
  run.state = guarded(before, value, true);
  withNarrowed(scope, test, () => executeOne(run, scope, consequent));
  const yes = run.state;
  run.state = guarded(before, value, false);
  if (alternate != null) executeOne(run, scope, alternate);
  const no = run.state;
  run.state = { ...merge([yes, no]), failing: before.failing };
  if (yes.dead) dropResponse(scope, test);
  if (alternate == null && isTalk(consequent)) run.state.overlooked = lossOf(value) ?? run.state.overlooked;
  // A look that only led to a word in the log is none.
  if (!yes.dead && !no.dead && isTalk(consequent)) run.state.validated = before.validated;
  if (no.authed && !before.authed && run.state.authed && !value.path.startsWith("@none"))
    run.tell("authed", scope, test);
  if (run.state.dead) run.refusals = Math.max(run.refusals, refused);
}

/** After `if (user instanceof Response) return user` it is the user. */
function dropResponse(scope: Scope, test: Node): void {
  if (test["operator"] !== "instanceof" || !/Response$/.test(text(part(test, "right")))) return;
  const name = text(part(test, "left"));
  const holder = scope.find(name);
  const known = holder?.names.get(name);
  if (holder != null && known != null)
    holder.names.set(name, { ...known, tags: known.tags & ~tags.response });
}

/** In `if (error instanceof OwnError)` the error is one of ours, whose text is made for the caller. */
export function withNarrowed<T>(scope: Scope, test: Node, then: () => T): T {
  const left = part(test, "left");
  const name = test.type === "BinaryExpression" && test["operator"] === "instanceof" ? text(left) : "";
  const kind = text(part(test, "right"));
  const holder =
    name === "" || /^(Error|TypeError|SyntaxError|RangeError|Object)$/.test(kind) ? null : scope.find(name);
  const known = holder?.names.get(name);
  if (holder == null || known == null) return then();
  holder.names.set(name, tagged(/Response$/.test(kind) ? tags.response : 0));
  const answer = then();
  holder.names.set(name, known);
  return answer;
}

function executeTry(run: Run, scope: Scope, statement: Node): void {
  const block = part(statement, "block");
  const handler = part(statement, "handler");
  const finalizer = part(statement, "finalizer");
  const before = { ...run.state };
  if (block != null) executeOne(run, scope, block);
  const tried = run.state;
  if (handler != null) {
    // Where it broke is not known: what held before is all that holds.
    run.state = { ...before, failing: true };
    const inner = new Scope(scope.module, scope);
    const param = part(handler, "param");
    if (param != null) bind(run, inner, param, tagged(tags.error));
    const body = part(handler, "body");
    if (body != null) execute(run, inner, parts(body, "body"));
    const caught = run.state;
    // Caught, told to the log, and on it goes.
    if (!caught.dead && body != null && block != null && isTalk(body)) caught.overlooked ??= sent(block);
    run.state = { ...merge([tried, caught]), failing: before.failing };
  }
  if (finalizer == null) return;
  const after = run.state;
  run.state = { ...after, dead: false };
  executeOne(run, scope, finalizer);
  run.state.dead = run.state.dead || after.dead;
}

function executeSwitch(run: Run, scope: Scope, statement: Node): void {
  const discriminant = part(statement, "discriminant");
  const value = discriminant == null ? unknown : evaluate(run, scope, discriminant);
  const before = { ...run.state };
  const ends: State[] = [];
  let hasDefault = false;
  for (const one of parts(statement, "cases")) {
    const test = part(one, "test");
    hasDefault ||= test == null;
    const name = literal(test);
    if (has(value, tags.path) && name != null && test != null)
      run.tell("path-compared", scope, test, { name, value });
    const isTaint = has(value, tags.taint) && test != null;
    const inner = new Scope(scope.module, scope);
    run.state = {
      ...before,
      validated: before.validated || (isTaint && has(value, tags.body)),
      facts:
        isTaint && value.source !== "" ? withFacts(before.facts, [`listed:${value.source}`]) : before.facts,
    };
    execute(run, inner, parts(one, "consequent"));
    ends.push(run.state);
  }
  run.state = { ...merge(hasDefault ? ends : [...ends, before]), failing: before.failing };
}
