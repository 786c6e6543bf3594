import { type Call, callAll } from "./call.ts";
import { fresh, merge } from "./happening.ts";
import type { Node } from "./node.ts";
import { allowOrigin } from "./respond.ts";
import type { Run } from "./run.ts";
import { has, type Scope, tagged, tags, unknown, type Value } from "./value.ts";

const verbs = /^(get|post|put|patch|delete|all|use|options|route|on|onError)$/;

/** Middlewares of libraries that let through nobody unknown. */
function isGuard(path: string): boolean {
  return /hono[^#]*#(jwk|jwt|bearerAuth|basicAuth)$|express-jwt#(expressjwt)?$|passport#authenticate$/.test(
    path,
  );
}

type Kind = "express" | "context";

/** An express, Hono or oak app or router: what was registered, in its order. It runs once all of it is known. */
export interface App {
  readonly kind: Kind;
  /** What all its paths start with; null when that is not known. */
  prefix: string | null;
  isMounted: boolean;
  readonly entries: Entry[];
}

interface Entry {
  readonly scope: Scope;
  readonly node: Node;
  readonly method: string;
  /** As written; null when there is none. */
  readonly at: string | null;
  readonly args: readonly Value[];
}

/** A middleware that lets through only callers it knows. */
interface Guard {
  readonly prefix: string;
  readonly owner: boolean;
}

export function newApp(run: Run, path: string, args: readonly Value[]): Value {
  const members = new Map<string, Value>();
  const prefix = args[0]?.members?.get("prefix");
  run.apps.set(members, {
    kind: path.startsWith("express") ? "express" : "context",
    prefix: prefix == null ? "" : prefix.text,
    isMounted: false,
    entries: [],
  });
  return { ...unknown, path: "@app", members };
}

/** express, Hono and oak: takes down what is registered. Null for other calls. */
export function route(call: Call): Value | null {
  const { run, scope, node, path, method, self, args } = call;
  if (/^express#(\.?Router)?$/.test(path)) return newApp(run, path, args);
  if (path === "@context.set" && args[0]?.text != null) {
    run.context.set(args[0].text, args[1] ?? unknown);
    return unknown;
  }
  if (path === "@context.get") return run.context.get(args[0]?.text ?? "") ?? unknown;
  if (isGuard(path)) return { ...unknown, path: /bearerAuth|basicAuth/.test(path) ? "@guard.own" : "@guard" };
  const app = self.path.startsWith("@app") && self.members != null ? run.apps.get(self.members) : null;
  if (app == null) return null;
  if (method === "basePath") app.prefix = args[0]?.text == null ? null : `${app.prefix ?? ""}${args[0].text}`;
  if (method === "allowedMethods") return unknown;
  if (!verbs.test(method)) return { ...unknown, path: self.path, members: self.members };
  const at = args[0]?.text ?? null;
  run.handlers += args.filter(({ closures }) => closures.length > 0).length;
  for (const one of args) {
    const inner = one.members == null ? null : run.apps.get(one.members);
    if (inner != null) inner.isMounted = true;
  }
  app.entries.push({ scope, node, method, at, args });
  return { ...unknown, path: self.path, members: self.members };
}

/** Runs what was registered: middlewares in their order, then the handler. */
export function serveApps(run: Run): void {
  for (const app of run.apps.values()) if (!app.isMounted) serveApp(run, app, "", []);
}

function serveApp(run: Run, app: App, mountedAt: string | null, outer: readonly Guard[], depth = 0): void {
  const prefix = mountedAt == null || app.prefix == null ? null : mountedAt + app.prefix;
  const own: Guard[] = [...outer];
  if (depth > 4) return;
  for (const { scope, node, method, at, args } of app.entries) {
    const path = prefix == null || at == null ? null : prefix + at;
    const guards = own.filter((one) => covers(one.prefix, path ?? prefix ?? ""));
    run.state = { ...fresh, authed: guards.length > 0, owner: guards.some(({ owner }) => owner) };
    const mounted = args.flatMap(({ members }) => (members == null ? [] : (run.apps.get(members) ?? [])));
    if (path != null && method !== "use" && mounted.length === 0)
      run.tell("route", scope, node, { name: path });
    for (const one of args) {
      if (one.closures.length > 0) runHandler(run, app, method, one);
      if (!one.path.startsWith("@guard")) continue;
      run.proven(scope, node, one.path === "@guard.own");
      run.context.set("jwtPayload", tagged(tags.identity));
    }
    const { authed, owner } = run.state;
    const inside = authed ? [...own, { prefix: path ?? prefix ?? "", owner }] : own;
    for (const inner of mounted) serveApp(run, inner, at == null ? prefix : path, inside, depth + 1);
    // What a middleware proved holds for the routes after it.
    if (method === "use" && authed && mounted.length === 0) own.push({ prefix: path ?? prefix ?? "", owner });
  }
}

function covers(pattern: string, path: string): boolean {
  return path.startsWith(pattern.replace(/\/?\*.*$/, ""));
}

function runHandler(run: Run, { kind, entries }: App, method: string, handler: Value): void {
  const params = handler.closures[0]?.node["params"];
  const count = Array.isArray(params) ? params.length : 0;
  const isContext = kind === "context" ? count > 0 : count < (method === "use" ? 2 : 1);
  const next: Value = { ...unknown, path: "@next" };
  const request = tagged(tags.request);
  const context = { ...request, path: "@context" };
  const failed = tagged(tags.error);
  const given =
    method === "onError"
      ? [failed, context]
      : isContext
        ? [context, next]
        : [...(count === 4 ? [failed] : []), request, tagged(tags.response), next];
  const before = run.nexts.length;
  const entry = { ...run.state };
  callAll(run, handler, given, null);
  const asked = new Set(entries.map((one) => one.method.toUpperCase()).filter((one) => one !== "USE"));
  const nexts = run.nexts.splice(before).filter(({ facts }) => isAsked(facts, asked));
  run.state = nexts.length > 0 ? { ...merge(nexts), dead: false } : entry;
}

/** Whether a way on is one for the routes: `if (method !== "POST") return next()` is none where all are POST. */
function isAsked(facts: ReadonlySet<string>, asked: ReadonlySet<string>): boolean {
  if (facts.has("method:OPTIONS") && !asked.has("ALL")) return false;
  return [...asked].length === 0 || [...asked].some((one) => one === "ALL" || !facts.has(`method:!${one}`));
}

/** `cors({ origin: (origin) => origin, credentials: true })` of Hono, Express and oak. Null for other calls. */
export function answerCors({ run, scope, node, path, args }: Call): Value | null {
  if (!/#(cors|oakCors|CORS)$|^cors#$|\/cors#$/.test(path)) return null;
  const options = args[0]?.members;
  const origin = options?.get("origin");
  const credentials = options?.get("credentials");
  if (origin == null || credentials == null || credentials.isNothing) return unknown;
  const sent = tagged(tags.taint, "headers.origin");
  // `true` sends back whatever asked.
  const answers =
    origin.text === "true" ? sent : origin.closures.length > 0 ? callAll(run, origin, [sent], null) : origin;
  const isOpen = has(answers, tags.taint) || answers.text === "*";
  if (isOpen) allowOrigin(run, scope, node, answers.text === "*" ? sent : answers);
  return unknown;
}
