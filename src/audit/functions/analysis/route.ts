import { type Call, callAll } from "./call.ts";
import { merge } from "./happening.ts";
import { has, tagged, tags, unknown, type Value } from "./value.ts";

const verbs = /^(get|post|put|patch|delete|all|use|options|route|on)$/;

/** express, Hono and oak: middlewares in their order, then the handler. */
export function route({ run, scope, node, path, method, self, args }: Call): Value | null {
  if (/^express#(\.?Router)?$/.test(path)) return { ...unknown, path: "@app", members: new Map() };
  if (!self.path.startsWith("@app")) return null;
  if (method === "basePath") return { ...self, path: "@app.based" };
  if (!verbs.test(method)) return { ...unknown, path: self.path };
  const at = args[0]?.text;
  if (at != null && method !== "use") run.tell("route", scope, node, { name: at, value: self });
  const outer = { ...run.state };
  const carried = self.members?.get("@state");
  if (carried != null && has(carried, tags.provesTrue)) run.state.authed = true;
  for (const one of args) {
    if (one.closures.length === 0) continue;
    const params = one.closures[0]?.node["params"];
    const isContext =
      Array.isArray(params) && params.length < (method === "use" ? 3 : 2) && params.length > 0;
    const next: Value = { ...unknown, path: "@next" };
    const request = tagged(tags.request);
    const given = isContext
      ? [{ ...request, path: "@context" }, next]
      : [request, tagged(tags.response), next];
    run.handlers += 1;
    const before = run.nexts.length;
    const entry = { ...run.state };
    callAll(run, one, given, null);
    const nexts = run.nexts.splice(before);
    run.state = nexts.length > 0 ? { ...merge(nexts), dead: false } : entry;
  }
  // What a middleware of the whole app proved holds for the routes after it.
  if (method === "use" && run.state.authed && (at == null || /^\/?\*$/.test(at)))
    self.members?.set("@state", tagged(tags.provesTrue));
  run.state = outer;
  return { ...unknown, path: self.path, members: self.members };
}
