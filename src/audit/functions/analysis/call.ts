import { elementOf } from "./bind.ts";
import { classMember } from "./class-member.ts";
import { evaluate, optional } from "./evaluate.ts";
import { knownCall } from "./known-call.ts";
import { memberOf } from "./member.ts";
import { bare, keyOf, type Node, part, parts, text } from "./node.ts";
import { createClient, queryKind } from "./privileged.ts";
import { tellUnsetArguments } from "./prove.ts";
import { respond } from "./respond.ts";
import { newApp } from "./route.ts";
import type { Run } from "./run.ts";
import {
  deepTags,
  either,
  has,
  isStandIn,
  passed,
  record,
  type Scope,
  tagged,
  tags,
  unknown,
  type Value,
} from "./value.ts";

/** A call as the tables of known ones see it. */
export interface Call {
  readonly run: Run;
  readonly scope: Scope;
  readonly node: Node;
  /** Dotted name of what is called; members of unknown things end with theirs. */
  readonly path: string;
  readonly method: string;
  readonly self: Value;
  readonly args: readonly Value[];
}

export function evaluateCall(run: Run, scope: Scope, node: Node): Value {
  const calleeNode = part(node, "callee");
  if (calleeNode == null) return unknown;
  const callee = bare(calleeNode);
  const object = callee.type === "MemberExpression" ? part(callee, "object") : null;
  const self = object == null ? unknown : evaluate(run, scope, object);
  const method = callee.type === "MemberExpression" ? (keyOf(callee, "property") ?? "") : "";
  const target =
    object == null
      ? evaluate(run, scope, callee)
      : method === ""
        ? [...(self.members?.values() ?? [])].reduce(either, unknown)
        : memberOf(run, scope, self, method, callee);
  const args = evaluateArguments(run, scope, node);
  if (run.state.dead) return unknown;
  const call: Call = { run, scope, node, path: target.path, method, self, args };
  const known = knownCall(call);
  if (known != null) return optional(callee, known);
  if (target.closures.length > 0) {
    const value = callAll(run, target, args, object == null ? null : self, { scope, node });
    if (has(value, tags.provesTrue)) tellUnsetArguments(call);
    return value;
  }
  if (asksService.test(call.path)) {
    run.tell("sent", scope, node, { value: args.reduce(either, unknown) });
    for (const [name, value] of args[0]?.members ?? [])
      if (/^max_?(completion_?|output_?|new_?)?tokens$/i.test(name) && has(value, tags.taint))
        run.tell("loop", scope, node, { name: "spend", value });
  }
  return optional(callee, iterate(call) ?? passThrough(call));
}

/** Clients of paid and mailing services: openai.chat.completions.create, resend.emails.send. */
const asksService = /#(\w+\.)+(create|send|sendMail|publish|generateContent|generate)$/;

function evaluateArguments(run: Run, scope: Scope, node: Node): readonly Value[] {
  return parts(node, "arguments").map((one) => {
    const value = evaluate(run, scope, one);
    return one.type === "SpreadElement" ? elementOf(value) : value;
  });
}

/** Whichever of them it is: what holds afterwards holds on every one. */
export function callAll(
  run: Run,
  target: Value,
  args: readonly Value[],
  self: Value | null,
  from?: { readonly scope: Scope; readonly node: Node },
): Value {
  const before = { ...run.state };
  let value: Value | null = null;
  let authed = true;
  let owner = true;
  let dead = true;
  for (const closure of target.closures) {
    run.state = { ...before };
    const own = closure.self ?? self;
    const one =
      from == null ? run.call(closure, args, own) : run.callFrom(from.scope, from.node, closure, args, own);
    value = value == null ? one : either(value, one);
    dead &&= run.state.dead;
    if (run.state.dead) continue;
    authed &&= run.state.authed;
    owner &&= run.state.owner;
  }
  run.state =
    target.closures.length === 1
      ? run.state
      : { ...before, authed: authed && !dead, owner: owner && !dead, dead };
  return value ?? unknown;
}

/** Functions given to an array's methods and the like run with what the array holds. */
function iterate({ run, scope, node, path, self, method, args }: Call): Value | null {
  const over = path === "Array.from" ? (args[0] ?? unknown) : self;
  const callbacks = args.filter(({ closures }) => closures.length > 0);
  const [only] = callbacks;
  if (only == null) return null;
  // createMiddleware(…), asyncHandler(…): the handler runs when what comes of it is used.
  if (method === "" && path.includes("#") && takesRequest(only))
    return { ...unknown, closures: only.closures };
  if (isBot(self.path, scope.module.text)) {
    const before = { ...run.state };
    run.proven(scope, node, true);
    callAll(run, only, [tagged(tags.request | tags.taint)], null);
    run.state = before;
    return { ...unknown, path: self.path };
  }
  const isCatch = method === "catch";
  if (/^(map|forEach|flatMap|filter|find|some|every|reduce)$/.test(method))
    run.tell("loop", scope, node, {
      name: /^(filter|find|some|every)$/.test(method) ? "look" : "over",
      value: over,
    });
  const element = isCatch
    ? tagged(tags.error)
    : method === "then" || method === "finally"
      ? over
      : elementOf(over);
  const before = { ...run.state };
  let answer: Value = unknown;
  for (const callback of callbacks) {
    run.state = { ...before, failing: before.failing || isCatch };
    answer = either(
      answer,
      callAll(run, callback, method === "reduce" ? [unknown, element] : [element], null),
    );
  }
  run.state = before;
  if (method === "map" || method === "flatMap" || method === "from")
    return record({ "*": answer }, over.tags & (tags.taint | tags.bounded | tags.token | tags.mac));
  if (method === "find") return { ...element, isNothing: false };
  if (method === "filter") return over;
  if (method === "then" || isCatch) return either(answer, isCatch ? over : unknown);
  const isVerdict = method === "some" || method === "every";
  const seen =
    (deepTags(over) | (isVerdict ? answer.tags : 0)) & (isVerdict ? tags.taint | tags.body : tags.taint);
  const said = method === "some" ? answer.tags & (tags.provesTrue | tags.ownsTrue) : 0;
  return {
    ...tagged((seen === 0 ? 0 : seen | tags.valid) | said),
    whenTrue: method === "some" ? answer.whenTrue : [],
  };
}

/** Frameworks that refuse whoever does not send the secret they were given. */
function isBot(path: string, text: string): boolean {
  return (
    (/^(grammy|telegraf)#(Bot|Telegraf)/.test(path) && /\bsecretToken\b/.test(text)) ||
    (/^@slack\/bolt#App/.test(path) && /\bsigningSecret\b/.test(text))
  );
}

const requestName = /^(c|ctx|context|req|request|_req|_request|event)$/;

function takesRequest({ closures }: Value): boolean {
  return closures.some(({ node }) => requestName.test(text(parts(node, "params")[0] ?? null)));
}

/** A call of something unknown: what goes in comes out. */
function passThrough({ path, method, self, args }: Call): Value {
  const bits = args.reduce((all, one) => all | deepTags(one), 0);
  if (has(self, tags.query)) return { ...self, path: `${queryKind(self)}.${method}` };
  const listed = method === "join" ? [...(self.members ?? [])].filter(([name]) => name.startsWith("@")) : [];
  const lacking = listed.some(([, one]) => has(one, tags.taint) && !has(one, tags.listed | tags.shaped))
    ? tags.listed | tags.shaped
    : 0;
  const whole = /^(join|toString|flat|concat|at|entries|values)$/.test(method) ? deepTags(self) : self.tags;
  // A code made with a key that may not be set stays one: digest("hex"), Buffer.from(…).
  const guessable = [self, ...args].find(
    (one) => has(one, tags.loose) && (has(one, tags.mac) || (has(one, tags.secret) && isStandIn(one))),
  );
  const own =
    whole &
    (passed |
      tags.decoded |
      tags.identity |
      tags.listed |
      tags.shaped |
      tags.bounded |
      tags.valid |
      tags.fixedHost);
  // The answer of the auth server is somebody.
  const proof = has(self, tags.identity) && method === "json" ? tags.provesTrue : 0;
  const isCut = /^(slice|substring|substr)$/.test(method);
  const kept = (method === "replace" || isCut ? own & ~tags.path : own) & ~lacking;
  return {
    ...tagged(
      ((kept | (bits & (passed | tags.decoded))) & ~(method === "" ? 0 : tags.path)) |
        (isCut ? tags.bounded : 0) |
        (guessable == null ? 0 : tags.loose) |
        proof,
      guessable?.source ?? sourceAfter(method, self, args),
    ),
    path:
      guessable != null && isStandIn(guessable)
        ? guessable.path
        : path.startsWith("@") || path === ""
          ? ""
          : `${path}()`,
    members: method === "" || /^(slice|filter|concat|sort|reverse)$/.test(method) ? self.members : null,
  };
}

/** `params.get("id")` is a part, `name.trim()` the same in other words. */
function sourceAfter(method: string, self: Value, args: readonly Value[]): string {
  const name = args[0]?.text;
  if (self.source === "") return args.length === 1 && method === "" ? (args[0]?.source ?? "") : "";
  return /^(get|getAll)$/.test(method) ? (name == null ? "" : `${self.source}.${name}`) : self.source;
}

export function evaluateNew(run: Run, scope: Scope, node: Node): Value {
  const callee = part(node, "callee");
  if (callee == null) return unknown;
  const target = evaluate(run, scope, callee);
  const args = evaluateArguments(run, scope, node);
  const bits = args.reduce((all, one) => all | deepTags(one), 0);
  if (/(^|#)(Response|NextResponse)$/.test(target.path)) return respond(run, scope, node, args);
  if (/(^|#)(SupabaseClient|PostgrestClient)$/.test(target.path)) return createClient(run, scope, args);
  if (/(^|#)Function$/.test(target.path)) {
    run.tell("sql", scope, node, { name: "new Function", value: args.at(-1) ?? unknown });
    return unknown;
  }
  if (target.path === "URL")
    return tagged(((args[0]?.tags ?? 0) | (bits & tags.taint)) & ~tags.loose, args[0]?.source ?? "");
  if (target.path === "Request")
    return { ...tagged(args[0]?.tags ?? 0, args[0]?.source ?? ""), members: args[1]?.members ?? null };
  if (target.path === "URLPattern") {
    const at = args[0]?.members?.get("pathname")?.text ?? null;
    if (at != null) run.tell("path-compared", scope, node, { name: at });
  }
  if (/^(Set|Map|Array)$/.test(target.path)) return { ...unknown, members: args[0]?.members ?? new Map() };
  if (/#(Hono|OpenAPIHono|Application|Router)$/.test(target.path)) return newApp(run, target.path, args);
  const made = target.closures.find(({ node: one }) => /^Class(Declaration|Expression)$/.test(one.type));
  if (made == null)
    return {
      ...tagged(bits & (passed | tags.fixedHost | tags.headers), args.length === 1 ? args[0]?.source : ""),
      path: target.path,
    };
  return instantiate(run, made, args);
}

function instantiate(run: Run, { node, scope }: { node: Node; scope: Scope }, args: readonly Value[]): Value {
  const self = record({});
  const all = parts(part(node, "body") ?? node, "body");
  for (const one of all) {
    const name = keyOf(one, "key");
    const isMember = one.type === "PropertyDefinition" || one.type === "MethodDefinition";
    const value =
      name == null || !isMember || one["kind"] === "constructor"
        ? null
        : classMember(run, one, { scope, self });
    if (name != null && value != null) self.members?.set(name, value);
  }
  const make = all.find((one) => one["kind"] === "constructor");
  const value = make == null ? null : part(make, "value");
  if (value != null) run.call({ node: value, scope, self }, args, self);
  return self;
}
