import type { Call } from "./call.ts";
import { deepTags, has, tagged, tags, unknown, type Value } from "./value.ts";

/** Clients for HTTP whose calls wait without a limit unless told otherwise. */
const client = /(^|[/#])(axios|got|superagent|node-fetch|cross-fetch|undici)(#|$)/;

/** Calls to other services: fetch and the libraries in its place. Null for other calls. */
export function outsideCall(call: Call): Value | null {
  const { path, method, self, args } = call;
  if (
    /^((globalThis|window|self)\.)?fetch$|#fetch$|^(node|cross)-fetch#$/.test(path) &&
    !has(self, tags.client)
  )
    return fetched(call, args[0] ?? unknown, args[1]);
  if (!client.test(path.replace(/#.*$/, "#"))) return null;
  if (method === "create" || method === "extend")
    return { ...unknown, path: self.path, members: args[0]?.members ?? null };
  if (!/^(|get|delete|head|options|post|put|patch|request)$/.test(method)) return null;
  if (args[0]?.members != null) return fetched(call, args[0].members.get("url") ?? unknown, args[0]);
  return fetched(call, args[0] ?? unknown, /^(post|put|patch)$/.test(method) ? args[2] : args[1]);
}

function fetched({ run, scope, node, self }: Call, url: Value, given: Value | undefined): Value {
  // fetch(new Request(url, { signal }))
  const options = given ?? (url.members == null ? undefined : url);
  const limits = ["signal", "timeout"];
  const signal = options?.members?.get("signal");
  // A controller that nobody tells to abort.
  const isIdle = signal?.path === "AbortController.signal" && !/\.abort\b/.test(scope.module.text);
  const isTimed =
    limits.some((name) => options?.members?.has(name) === true || self.members?.has(name) === true) ||
    options?.members?.has("...") === true ||
    (options != null && options.members == null && options.path !== "");
  const headers = options?.members?.get("headers");
  const sent = headers == null ? 0 : deepTags(headers);
  const isAuthServer = /\/auth\/v1\/user\b/.test(scope.module.text.slice(node.start, node.end));
  run.tell("fetch", scope, node, { name: isTimed && !isIdle ? "timed" : "", value: url });
  const body =
    options?.members?.get("body") ?? options?.members?.get("data") ?? options?.members?.get("json");
  if (body != null) run.tell("sent", scope, node, { value: body });
  // The auth server's word on a token; a captcha's on who fills in a form that is open to all.
  const isCaptcha = /^https:\/\/[^/]+\/.*siteverify$/.test(url.text ?? "");
  if ((isAuthServer && (sent & tags.token) !== 0) || isCaptcha) {
    run.proofs += 1;
    return { ...tagged(tags.identity), path: "@answer" };
  }
  if ((sent & tags.serviceKey) !== 0) {
    run.tell("privileged", scope, node, { name: "fetch" });
    for (const [column, value] of url.members ?? []) {
      if (column.startsWith("?"))
        run.tell("filter", scope, node, { name: column.slice(1), value, status: 1 });
    }
  }
  // What a token endpoint answers are tokens.
  const isTokens = /\/(oauth2?|connect)\/|\/(access_)?token$/.test((url.text ?? "").replace(/[?#].*$/, ""));
  return {
    ...unknown,
    path: "@answer",
    members: isTokens ? new Map([["json", { ...unknown, path: "@tokens" }]]) : null,
  };
}
