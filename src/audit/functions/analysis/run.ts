import { bind } from "./bind.ts";
import { evaluate } from "./evaluate.ts";
import { execute } from "./execute.ts";
import { fresh, type Happening, type HappeningKind, merge, type State } from "./happening.ts";
import type { Module } from "./module.ts";
import type { ModuleGraph } from "./module-graph.ts";
import { type Node, part, parts } from "./node.ts";
import {
  type Closure,
  deepTags,
  either,
  has,
  nothing,
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

interface Return {
  readonly value: Value;
  readonly state: State;
}

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
  returns: Return[] = [];
  handlers = 0;
  readonly #scopes = new Map<string, Scope>();
  readonly #active: Node[] = [];
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
    const file = scope.module.path;
    this.happenings.push({ kind, file, node, name, state, value, bits: deepTags(value), status });
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
    this.state = before;
    this.returns = returns;
    return scope;
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
      const rest = param.type === "RestElement" ? args.slice(index).reduce(either, unknown) : null;
      bind(this, scope, param, rest ?? args[index] ?? nothing);
    }
    if (body.type === "BlockStatement") {
      execute(this, scope, parts(body, "body"));
      if (!this.state.dead) this.returns.push({ value: nothing, state: { ...this.state } });
    } else {
      const value = evaluate(this, scope, body);
      this.returns.push({ value, state: { ...this.state } });
    }
    this.#active.pop();
    const returns = this.returns.filter(({ state }) => !state.dead);
    this.returns = before.returns;
    this.state = { ...merge(returns.map(({ state }) => state)), failing: before.state.failing };
    if (returns.length === 0) {
      this.state = { ...before.state, dead: true };
      return unknown;
    }
    const value = correlate(returns, before.state.authed);
    const asked = args.reduce((bits, one) => bits | deepTags(one), 0);
    // It checks a signature, and throws: whoever comes back from it is known.
    if (
      !this.state.authed &&
      this.proofs > before.proofs &&
      this.refusals > before.refusals &&
      (asked & (tags.request | tags.headers | tags.token)) !== 0
    ) {
      this.proven(closure.scope, node);
      return { ...value, tags: (value.tags | tags.identity) & ~(tags.taint | tags.body) };
    }
    return value;
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

/** What a call that is not followed answers of what it was given. */
export const passed =
  tags.taint |
  tags.body |
  tags.token |
  tags.secret |
  tags.serviceKey |
  tags.errorText |
  tags.personal |
  tags.path;

/** What the answer tells of the way it came: null or false where nobody is proven. */
function correlate(returns: readonly Return[], wasAuthed: boolean): Value {
  const value = returns.map((one) => one.value).reduce(either);
  const proven = returns.filter(({ state }) => state.authed);
  const open = returns.filter(({ state }) => !state.authed);
  if (wasAuthed || proven.length === 0 || open.length === 0) return value;
  const relate = (read: (one: Value) => Value): number => {
    const openNothing = open.every((one) => isNothing(read(one.value)));
    const provenNothing = proven.every((one) => isNothing(read(one.value)));
    if (openNothing === provenNothing) return 0;
    return openNothing
      ? tags.provesTrue
      : open.some((one) => isNothing(read(one.value)))
        ? 0
        : tags.provesFalse;
  };
  const bits = relate((one) => one);
  if (value.members == null) return { ...value, tags: value.tags | bits };
  const members = new Map(
    [...value.members].map(([name, inner]) => {
      const own = relate((one) => one.members?.get(name) ?? nothing);
      return [name, { ...inner, tags: inner.tags | own }];
    }),
  );
  return { ...value, tags: value.tags | bits, members };
}

function isNothing(value: Value): boolean {
  return value.isNothing && !has(value, tags.identity);
}
