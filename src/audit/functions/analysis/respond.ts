import type { Node } from "./node.ts";
import type { Run } from "./run.ts";
import { textTags } from "./text.ts";
import { nothing, type Scope, tags, unknown, type Value } from "./value.ts";

/** What goes back to the caller. */
export function respond(
  run: Run,
  scope: Scope,
  node: Node,
  [body, init]: readonly Value[],
  status?: Value,
): Value {
  const written = status ?? init?.members?.get("status");
  const code = written == null ? 200 : Number(written.text ?? Number.NaN);
  const sent = body ?? nothing;
  run.tell("response", scope, node, {
    name: isFailed(sent) ? "failed" : "",
    value: { ...sent, tags: sent.tags | textTags(sent) },
    status: Number.isNaN(code) ? null : code,
  });
  const headers = init?.members?.get("headers");
  allowOrigin(
    run,
    scope,
    node,
    headers?.members?.get("Access-Control-Allow-Origin") ??
      headers?.members?.get("access-control-allow-origin"),
  );
  if (code === 401 || code === 403) run.refusals += 1;
  return { ...unknown, tags: tags.response };
}

/** Who else's pages may read the answer. */
export function allowOrigin(run: Run, scope: Scope, node: Node, value: Value | undefined): void {
  if (value != null) run.tell("response", scope, node, { name: "allow-origin", value, status: -1 });
}

function isFailed(sent: Value): boolean {
  return (
    sent.path === "@failed" || [...(sent.members?.values() ?? [])].some(({ path }) => path === "@failed")
  );
}
