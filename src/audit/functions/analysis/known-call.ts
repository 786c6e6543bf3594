import type { Call } from "./call.ts";
import { textTags } from "./evaluate.ts";
import { environment } from "./member.ts";
import { clientCall, createClient } from "./privileged.ts";
import { respond } from "./respond.ts";
import { route } from "./route.ts";
import { passed } from "./run.ts";
import { deepTags, has, nothing, tagged, tags, unknown, type Value } from "./value.ts";

/** Calls whose meaning is known; null for all others. */
export function knownCall(call: Call): Value | null {
  const { run, scope, node, path, method, self, args } = call;
  const [first] = args;
  const bits = args.reduce((all, one) => all | deepTags(one), 0);
  if (/^(Deno|Bun)\.env\.get$/.test(path)) return environment(first?.text ?? "");
  if (/(^|#)createClient$/.test(path)) return createClient(run, scope, args);
  if (/(^|#)createServerClient$/.test(path)) return { ...tagged(tags.client), path: "@client" };
  if (path === "Deno.serve" || /(^|#|\/)serve$/.test(path)) return serveAll(call);
  if (/#(withSupabase|withAuth)$/.test(path)) return withSupabase(call);
  if (path === "@next") {
    run.nexts.push({ ...run.state });
    return unknown;
  }
  if (/^(console|logger|log)\.(log|info|warn|error|debug|trace)$/.test(path)) {
    for (const one of args)
      run.tell("log", scope, node, { value: { ...one, tags: one.tags | textTags(one) } });
    return nothing;
  }
  if (/^((globalThis|window|self)\.)?fetch$|#fetch$/.test(path) && !has(self, tags.client))
    return fetched(call);
  const client = clientCall(call);
  if (client != null) return client;
  const proof = prove(call);
  if (proof != null) return proof;
  if (/^@headers\.get$|^@request\.(header|get)$/.test(path)) {
    const name = (first?.text ?? "").toLowerCase();
    return tagged(
      tags.taint | (name === "authorization" || name === "apikey" || name === "cookie" ? tags.token : 0),
    );
  }
  if (/^@request\.(json|text|formData|arrayBuffer|blob|bytes|parseBody)$/.test(path)) {
    if (has(self, tags.request)) {
      run.tell("body-read", scope, node, { name: method });
      return tagged(tags.taint | tags.body | tags.personal);
    }
  }
  if (/^@request\.(param|query|queries)$/.test(path)) return tagged(tags.taint);
  if (/^(Response|NextResponse)\.(json|redirect)$/.test(path)) return respond(run, scope, node, args);
  if (has(self, tags.response) && /^(json|send|end|text|body|html)$/.test(method)) {
    const status = self.members?.get("status") ?? args[1];
    return respond(run, scope, node, [args[0] ?? nothing], status);
  }
  if (has(self, tags.response) && /^(status|sendStatus|code)$/.test(method) && first != null)
    return { ...self, members: new Map([["status", first]]) };
  if (has(self, tags.request) && /^(json|text|html|body)$/.test(method))
    return respond(run, scope, node, [args[0] ?? nothing], args[1]);
  if (
    /^(atob|decodeBase64(Url)?)$/.test(path.replace(/^.*#/, "")) ||
    /#(decodeJwt|jwtDecode|jwt_decode|decode)$/.test(path) ||
    /jwt(-|_)?decode#$/.test(path) ||
    /jsonwebtoken#\.?decode$/.test(path)
  ) {
    if ((bits & tags.token) === 0) return tagged(bits & passed);
    run.tell("decoded", scope, node, { name: "token" });
    return tagged(tags.decoded | tags.personal);
  }
  if (/^JSON\.(parse|stringify)$/.test(path)) {
    const sent = first == null ? 0 : method === "stringify" ? textTags(first) & ~tags.error : first.tags;
    const kept =
      passed | tags.decoded | tags.identity | tags.errorText | tags.valid | tags.bounded | tags.headers;
    return tagged(sent & kept);
  }
  if (/^(String|Object\.fromEntries|structuredClone)$/.test(path))
    return tagged(
      (first == null ? 0 : textTags(first)) & (passed | tags.decoded | tags.identity | tags.headers),
    );
  if (/^(Number|parseInt|parseFloat|Boolean|Number\.\w+|Math\.(min|max))$/.test(path))
    return tagged(
      /^Math\.min/.test(path)
        ? tags.bounded | (bits & tags.length)
        : (bits & tags.taint) | tags.listed | tags.bounded,
    );
  if (path === "Array.isArray") return tagged(bits & tags.taint);
  if (path === "Promise.allSettled") return { ...unknown, path: "@settled" };
  if (/^Promise\.(all|race|any)$/.test(path)) return first ?? unknown;
  if (/^Object\.(values|keys|entries)$/.test(path))
    return tagged(deepTags(first ?? unknown) & (passed | tags.bounded));
  if (
    /^(has|includes|indexOf)$/.test(method) &&
    first != null &&
    has(first, tags.taint) &&
    !has(self, tags.taint)
  )
    return tagged(tags.listsTrue | (first.tags & tags.taint));
  if (/^(test|exec|match)$/.test(method) && (has(self, tags.taint) || (bits & tags.taint) !== 0))
    return tagged(tags.taint | (method === "test" ? tags.listsTrue : 0));
  if (
    /^(parse|safeParse|parseAsync|safeParseAsync|validate|assert|create)$/.test(method) &&
    (bits & tags.taint) !== 0
  )
    return validated(call);
  if (
    /^(queryObject|queryArray|unsafe|query|execute|raw|\$queryRawUnsafe|\$executeRawUnsafe)$/.test(method) &&
    first != null
  ) {
    if (has(first, tags.built)) run.tell("sql", scope, node, { name: method, value: first });
    return tagged(tags.personal);
  }
  return /^(express#|@app)/.test(path) || /^@app/.test(self.path) ? route(call) : null;
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

function fetched({ run, scope, node, args }: Call): Value {
  const [url, options] = args;
  const signal =
    options?.members?.has("signal") === true ||
    (options != null && options.members == null && options.path !== "");
  const isSpread = options?.members?.has("...") === true;
  run.tell("fetch", scope, node, { name: signal || isSpread ? "timed" : "", value: url ?? unknown });
  const headers = options?.members?.get("headers");
  const sent = headers == null ? 0 : deepTags(headers);
  if ((sent & tags.serviceKey) !== 0) run.tell("privileged", scope, node, { name: "fetch" });
  // The auth server's word on a token.
  if ((sent & tags.token) !== 0 && /\/auth\/v1\/user/.test(scope.module.text.slice(node.start, node.end)))
    run.proofs += 1;
  return { ...unknown, path: "@answer" };
}

/** Ways to be sure who calls. */
function prove({ run, scope, node, path, method, args }: Call): Value | null {
  const bits = args.reduce((all, one) => all | deepTags(one), 0);
  if (
    /#(jwtVerify|jwtDecrypt)$|jsonwebtoken#\.?verify$|djwt[^#]*#verify$|#verifyIdToken$/.test(path) ||
    method === "verifyIdToken"
  ) {
    run.proven(scope, node);
    return tagged(tags.identity | tags.provesTrue);
  }
  if (method === "constructEventAsync" || method === "constructEvent") {
    run.proven(scope, node, true);
    return tagged(tags.valid | tags.bounded);
  }
  if (/subtle\.verify$/.test(path)) {
    run.proofs += 1;
    return tagged(tags.provesTrue | tags.ownsTrue);
  }
  if (/(timingSafeEqual|safeCompare|safeEqual|constantTimeEqual)$/i.test(path) && (bits & tags.secret) !== 0)
    return tagged(tags.provesTrue | tags.ownsTrue);
  return null;
}

/** A schema's word: what passed it is as it says. */
function validated({ run, scope, method, self, args }: Call): Value {
  const input = args.find((one) => has(one, tags.taint)) ?? unknown;
  const text = self.schema == null ? scope.module.text : "";
  const isBounded = /\.(max|length)\(|maxLength|maxItems/.test(text) ? tags.bounded : 0;
  const value = tagged((input.tags & (tags.taint | tags.body)) | tags.valid | isBounded);
  run.state.validated = true;
  if (/^safe/.test(method))
    return {
      ...value,
      members: new Map([
        ["data", value],
        ["success", tagged(tags.taint)],
        ["error", tagged(tags.taint)],
      ]),
    };
  return value;
}
