import type { Call } from "./call.ts";
import { databaseCall } from "./database.ts";
import { importOf } from "./evaluate.ts";
import { environment, tokenHeader } from "./member.ts";
import { outsideCall } from "./outside.ts";
import { plainCall } from "./plain-call.ts";
import { clientCall, createClient } from "./privileged.ts";
import { prove } from "./prove.ts";
import { allowOrigin, respond } from "./respond.ts";
import { answerCors, route } from "./route.ts";
import { schemaCall, schemaMade } from "./schema-call.ts";
import { textTags } from "./text.ts";
import { deepTags, has, nothing, passed, tagged, tags, unknown, type Value } from "./value.ts";

/** Calls whose meaning is known; null for all others. */
export function knownCall(call: Call): Value | null {
  const { run, scope, node, path, args } = call;
  const [first] = args;
  if (/^(Deno|Bun)\.env\.get$/.test(path)) return environment(first?.text ?? "");
  if (path === "require" && first?.text != null) return importOf(run, scope, first.text, "*");
  if (/(^|#)createClient$/.test(path)) return createClient(run, scope, args);
  if (/(^|#)createServerClient$/.test(path)) return { ...tagged(tags.client), path: "@client" };
  if (path === "Deno.serve" || /(^|#|\/)serve$/.test(path)) return serveAll(call);
  if (path === "addEventListener" && first?.text === "fetch") return listen(call);
  if (/#(withSupabase|withAuth)$/.test(path)) return withSupabase(call);
  if (path === "@next") {
    // With an error it goes to what handles errors, and no further.
    if (args.every((one) => one.isNothing || one.text != null)) run.nexts.push({ ...run.state });
    return unknown;
  }
  if (path === "eval" && first != null) {
    run.tell("sql", scope, node, { name: "eval", value: first });
    return unknown;
  }
  if (/^@(request|context)\.throw$/.test(path)) {
    run.refusals += 1;
    run.state.dead = true;
    return unknown;
  }
  if (path === "@tokens") return tokens;
  if (isLog(call)) return log(call);
  return (
    outsideCall(call) ??
    clientCall(call) ??
    prove(call) ??
    requestCall(call) ??
    responseCall(call) ??
    decodeCall(call) ??
    schemaMade(call) ??
    schemaCall(call) ??
    databaseCall(call) ??
    plainCall(call) ??
    answerCors(call) ??
    route(call)
  );
}

function isLog({ path, self, method }: Call): boolean {
  return (
    /^(console|logger|log)\.(log|info|warn|error|debug|trace)$/.test(path) ||
    // console[level](…)
    (self.path === "console" && method === "")
  );
}

function log({ run, scope, node, args }: Call): Value {
  for (const one of args) run.tell("log", scope, node, { value: { ...one, tags: one.tags | textTags(one) } });
  return nothing;
}

/** The handler, wherever it stands among the arguments. */
function serveAll({ run, args }: Call): Value {
  for (const one of args) {
    if (one.closures.length > 0) run.serve(one, [tagged(tags.request)]);
    const inner = one.members?.get("handler") ?? one.members?.get("fetch");
    if (inner != null) run.serve(inner, [tagged(tags.request)]);
  }
  return unknown;
}

/** `addEventListener("fetch", (event) => event.respondWith(…))`. */
function listen({ run, args }: Call): Value {
  const event = { ...unknown, members: new Map([["request", tagged(tags.request)]]) };
  if (args[1] != null) run.serve(args[1], [event]);
  return unknown;
}

/** `@supabase/server`: the wrapper checks the caller before the handler runs. */
function withSupabase({ run, scope, node, args }: Call): Value {
  const [options, handler] = args;
  const kind = options?.members?.get("auth")?.text ?? options?.members?.get("allow")?.text ?? "none";
  if (handler == null) return unknown;
  const before = { ...run.state };
  if (/^(user|secret)/.test(kind)) run.proven(scope, node, kind.startsWith("secret"));
  run.serve(handler, [
    tagged(tags.request),
    {
      ...unknown,
      members: new Map([
        ["supabase", { ...tagged(tags.client), path: "@client" }],
        ["supabaseAdmin", { ...tagged(tags.client | tags.privileged), path: "@client" }],
        ["userClaims", tagged(tags.identity)],
      ]),
    },
  ]);
  run.state = before;
  return unknown;
}

/** The tokens that another service gave. */
const tokens: Value = tagged(tags.personal, "rows:tokens/");

/** What is read of a request. */
function requestCall({ run, scope, node, path, method, self, args }: Call): Value | null {
  const name = (args[0]?.text ?? "").toLowerCase();
  // Hono's c.header(name, value) sets one of the answer's.
  if (args.length < 2 && /^@headers\.(get|has)$|^@request\.(header|get)$/.test(path)) {
    if (name === "content-length") return tagged(tags.taint | tags.length, "*");
    if (method === "has") return tagged(tags.taint | tags.valid);
    const bits = tags.taint | (tokenHeader.test(name) ? tags.token : 0);
    // A Request answers null; Hono and Express answer undefined.
    return path === "@headers.get"
      ? { ...tagged(bits, `headers.${name}`), path: "@header" }
      : tagged(bits | tags.loose, `headers.${name}`);
  }
  if (/^@headers\.(entries|values|toJSON)$/.test(path)) return tagged(self.tags);
  if (
    has(self, tags.request) &&
    self.path !== "@context" &&
    /^@request\.(json|text|formData|arrayBuffer|blob|bytes|parseBody)$/.test(path)
  ) {
    const value = tagged(tags.taint | tags.body | tags.personal, `${scope.module.path}:${node.start}`);
    run.tell("body-read", scope, node, { name: method, value: run.known(value) });
    return value;
  }
  if (path === "@request.valid")
    return tagged(tags.taint | tags.body | tags.valid | tags.bounded | tags.personal, `valid.${name}`);
  if (/^@request\.(param|query|queries)$/.test(path)) return tagged(tags.taint | tags.loose, `url.${name}`);
  return null;
}

/** What goes back, in the ways of Request, Express, Hono and oak. */
function responseCall({ run, scope, node, path, method, self, args }: Call): Value | null {
  const [first] = args;
  if (
    /^(set|append|header|setHeader)$/.test(method) &&
    /^access-control-allow-origin$/i.test(first?.text ?? "")
  )
    allowOrigin(run, scope, node, args[1]);
  if (/^(Response|NextResponse)\.json$/.test(path)) return respond(run, scope, node, args);
  if (/^(Response|NextResponse)\.redirect$/.test(path))
    return respond(run, scope, node, [first ?? nothing], args[1] ?? { ...unknown, text: "302" });
  if (has(self, tags.response) && /^(json|send|end|text|body|html)$/.test(method))
    return respond(run, scope, node, [first ?? nothing], self.members?.get("status") ?? args[1]);
  if (has(self, tags.response) && /^(status|sendStatus|code)$/.test(method) && first != null)
    return { ...self, members: new Map([["status", first]]) };
  if (has(self, tags.request) && /^(json|text|html|body)$/.test(method))
    return respond(run, scope, node, [first ?? nothing], args[1]);
  return null;
}

/** Content of a token that nobody has verified. */
function decodeCall({ run, scope, node, path, args }: Call): Value | null {
  const isDecoding =
    /^(atob|decodeBase64(Url)?)$/.test(path.replace(/^.*#/, "")) ||
    /#(decodeJwt|jwtDecode|jwt_decode|decode)$/.test(path) ||
    /jwt(-|_)?decode#$/.test(path) ||
    /jsonwebtoken#\.?decode$|#base64url\.decode$/.test(path) ||
    (/(^|#)Buffer\.from$/.test(path) && /^base64/.test(args[1]?.text ?? ""));
  if (!isDecoding) return null;
  const bits = args.reduce((all, one) => all | deepTags(one), 0);
  if ((bits & tags.token) === 0) return tagged(bits & passed);
  run.tell("decoded", scope, node, { name: "token" });
  return tagged(tags.decoded | tags.personal);
}
