import { bind } from "./bind.ts";
import { classMember } from "./class-member.ts";
import { correlate, type Return } from "./correlate.ts";
import { execute, giveBack } from "./execute.ts";
import { Frames } from "./frames.ts";
import { fresh, type Happening, type HappeningKind, merge, type State, withFacts } from "./happening.ts";
import type { Module } from "./module.ts";
import type { ModuleGraph } from "./module-graph.ts";
import { keyOf, type Node, part, parts } from "./node.ts";
import type { App } from "./route.ts";
import {
  type Closure,
  deepTags,
  either,
  guards,
  nothing,
  passed,
  record,
  Scope,
  tagged,
  tags,
  unknown,
  type Value,
} from "./value.ts";

/** Calls inside of calls that are followed. */
const maxDepth = 24;
/** Statements and expressions looked at for one function. */
const maxSteps = 400_000;

/**
 * Walks a function from its entry as if it ran, with what is known of values instead of values: both sides of each
 * branch, each loop once, calls through relative imports. Tells what happens on the way.
 */
export class Run {
  readonly graph: ModuleGraph;
  readonly happenings: Happening[] = [];
  state: State = { ...fresh };
  /** Signatures checked and refusals thrown so far. */
  proofs = 0;
  refusals = 0;
  /** Where middlewares went on. */
  readonly nexts: State[] = [];
  /** What middlewares leave on the request for those who come after. */
  readonly context = new Map<string, Value>();
  /** Apps and routers, by the members of their values. */
  readonly apps = new Map<Map<string, Value>, App>();
  returns: Return[] = [];
  handlers = 0;
  readonly #scopes = new Map<string, Scope>();
  readonly #active: Node[] = [];
  readonly #frames = new Frames();
  /** Static members of classes, evaluated when they are first asked for. */
  readonly #statics = new WeakMap<Node, Value>();
  /** Answers of async functions, with the state before the call. */
  readonly #promises = new WeakMap<Value, { readonly before: State; readonly made: Node }>();
  /** What modules made sure of when they were loaded. */
  #always: ReadonlySet<string> = new Set();
  #steps = 0;

  constructor(graph: ModuleGraph) {
    this.graph = graph;
  }

  /** False when enough was looked at; what is left is unknown then. */
  step(): boolean {
    this.#steps += 1;
    return this.#steps < maxSteps;
  }

  tell(
    kind: HappeningKind,
    scope: Scope,
    node: Node,
    {
      name = "",
      value = unknown,
      status = null,
    }: { name?: string; value?: Value; status?: number | null } = {},
  ): void {
    if (this.state.dead) return;
    const state = { ...this.state };
    const bits = deepTags(value);
    const here = { scope, node };
    const at = kind === "log" || kind === "response" ? this.#frames.handedAt(here, bits) : here;
    this.happenings.push({
      kind,
      file: at.scope.module.path,
      node: at.node,
      name,
      state,
      value,
      bits,
      status,
    });
  }

  /** Calls a closure from a place, which is where its doings are told when it is a thin helper. */
  callFrom(scope: Scope, node: Node, closure: Closure, args: readonly Value[], self: Value | null): Value {
    this.#frames.enter({ scope, node }, closure.node, args);
    const value = this.call(closure, args, self);
    this.#frames.leave();
    return value;
  }

  proven(scope: Scope, node: Node, owner = false): void {
    this.state.authed = true;
    if (owner) this.state.owner = true;
    this.tell("authed", scope, node);
  }

  /** The module's own names, after its statements ran once. */
  scopeOf(module: Module): Scope {
    const known = this.#scopes.get(module.path);
    if (known != null) return known;
    const scope = new Scope(module, null);
    this.#scopes.set(module.path, scope);
    const before = this.state;
    const returns = this.returns;
    this.state = { ...fresh };
    execute(this, scope, parts(module.program, "body"));
    this.#always = withFacts(this.#always, [...this.state.facts]);
    this.state = before;
    this.returns = returns;
    return scope;
  }

  /** `Users.admin`, `Users.remove`; null for what is no class, or has no such member. */
  staticOf({ closures }: Value, name: string): Value | null {
    for (const { node, scope, self } of closures) {
      if (!/^Class(Declaration|Expression)$/.test(node.type)) continue;
      const member = parts(part(node, "body") ?? node, "body").find(
        (one) => one["static"] === true && keyOf(one, "key") === name,
      );
      if (member == null) continue;
      const value = this.#statics.get(member) ?? classMember(this, member, { scope, self });
      if (value == null) continue;
      this.#statics.set(member, value);
      return value;
    }
    return null;
  }

  /** A value with what tests on the way have shown of it. */
  known(value: Value): Value {
    const { source, tags: bits } = value;
    if (source === "" || (bits & (tags.taint | tags.loose)) === 0) return value;
    const holds = (fact: string): boolean => this.state.facts.has(fact) || this.#always.has(fact);
    let more = 0;
    if (holds(`listed:${source}`)) more |= tags.listed;
    if (holds(`shaped:${source}`)) more |= tags.shaped;
    // A whole that is limited has limited parts.
    if (holds("bounded:*")) more |= tags.bounded;
    for (
      let at = source;
      at !== "" && (more & tags.bounded) === 0;
      at = at.slice(0, Math.max(0, at.lastIndexOf(".")))
    )
      if (holds(`bounded:${at}`)) more |= tags.bounded;
    const less = holds(`set:${source}`) ? tags.loose : 0;
    return more === 0 && less === 0 ? value : { ...value, tags: (bits | more) & ~less };
  }

  awaited(value: Value): Value {
    return this.#promises.has(value) ? { ...value } : value;
  }

  /** A promise is truthy whatever it comes to, and what it would throw is not thrown here. */
  tested(value: Value): Value {
    if (!this.floats(value)) return value;
    return { ...value, tags: value.tags & ~guards, whenTrue: [], whenFalse: [] };
  }

  /** The async function whose answer it is, while nobody waited for it. */
  madeBy(value: Value): Node | null {
    return this.#promises.get(value)?.made ?? null;
  }

  /** In a function, not while modules are loaded. */
  get isInside(): boolean {
    return this.#active.length > 0;
  }

  /** Takes back what an async function would have made sure of, had it been waited for. */
  floats(value: Value): boolean {
    const before = this.#promises.get(value)?.before;
    if (before == null) return false;
    const { authed, owner, validated, facts, dead } = before;
    this.state = { ...this.state, authed, owner, validated, facts, dead };
    return true;
  }

  exportOf(path: string, name: string, depth = 0): Value | null {
    const module = depth > 8 ? null : this.graph.module(path);
    if (module == null) return null;
    if (name === "*") {
      const members = Object.fromEntries(
        [...module.exported.keys()].map((one) => [one, this.exportOf(path, one, depth + 1) ?? unknown]),
      );
      return record(members);
    }
    const target = module.exported.get(name);
    if (typeof target === "string") {
      const scope = this.scopeOf(module);
      return scope.names.get(target) ?? this.#importedBy(module, target, depth) ?? unknown;
    }
    if (target != null) {
      const resolved = this.graph.resolve(target.specifier, path);
      return resolved.kind === "local" ? this.exportOf(resolved.path, target.name, depth + 1) : unknown;
    }
    for (const specifier of module.passesOn) {
      const resolved = this.graph.resolve(specifier, path);
      const found = resolved.kind === "local" ? this.exportOf(resolved.path, name, depth + 1) : null;
      if (found != null) return found;
    }
    return null;
  }

  #importedBy(module: Module, local: string, depth: number): Value | null {
    const imported = module.imported.get(local);
    if (imported == null) return null;
    const resolved = this.graph.resolve(imported.specifier, module.path);
    return resolved.kind === "local" ? this.exportOf(resolved.path, imported.name, depth + 1) : unknown;
  }

  /** What a call answers; the state afterwards is what holds on every way back from it. */
  call(closure: Closure, args: readonly Value[], self: Value | null = closure.self): Value {
    const { node } = closure;
    const body = part(node, "body");
    if (
      body == null ||
      this.#active.length >= maxDepth ||
      this.#active.filter((one) => one === node).length > 1 ||
      !this.step()
    )
      return tagged(args.reduce((bits, value) => bits | deepTags(value), 0) & passed);
    const scope = new Scope(closure.scope.module, closure.scope);
    if (self != null) scope.names.set("this", self);
    const before = {
      state: { ...this.state },
      proofs: this.proofs,
      refusals: this.refusals,
      returns: this.returns,
    };
    this.returns = [];
    this.#active.push(node);
    for (const [index, param] of parts(node, "params").entries()) {
      const isRest = param.type === "RestElement";
      bind(this, scope, param, isRest ? args.slice(index).reduce(either, unknown) : (args[index] ?? nothing));
    }
    if (body.type === "BlockStatement") {
      execute(this, scope, parts(body, "body"));
      if (!this.state.dead) this.returns.push({ value: nothing, state: { ...this.state } });
    } else giveBack(this, scope, body);
    this.#active.pop();
    const returns = this.returns.filter(({ state }) => !state.dead);
    this.returns = before.returns;
    this.state = { ...merge(returns.map(({ state }) => state)), failing: before.state.failing };
    if (returns.length === 0) {
      this.state = { ...before.state, dead: true };
      return this.#promise(node, unknown, before.state);
    }
    const value = this.#promise(node, correlate(returns, before.state), before.state);
    const asked = args.reduce((bits, one) => bits | deepTags(one), 0);
    // It checks a signature, and throws: whoever comes back from it is known.
    if (
      !this.state.authed &&
      this.proofs > before.proofs &&
      this.refusals > before.refusals &&
      (asked & (tags.request | tags.headers | tags.taint)) !== 0
    ) {
      this.proven(closure.scope, node);
      const known = { ...value, tags: (value.tags | tags.identity) & ~(tags.taint | tags.body) };
      return this.#promise(node, known, before.state);
    }
    return value;
  }

  #promise(node: Node, value: Value, before: State): Value {
    if (node["async"] !== true) return value;
    const promise = { ...value };
    this.#promises.set(promise, { before, made: node });
    return promise;
  }

  /** Hands a request to a handler, as the platform would. */
  serve(handler: Value, args: readonly Value[]): void {
    for (const closure of handler.closures) {
      this.handlers += 1;
      const before = { ...this.state };
      this.state = { ...this.state, dead: false };
      this.call(closure, args);
      this.state = before;
    }
  }
}
