import type { Call } from "./call.ts";
import { evaluate } from "./evaluate.ts";
import { type Node, part, parts } from "./node.ts";
import type { Run } from "./run.ts";
import { has, type Scope, tagged, tags, unknown, type Value } from "./value.ts";

const statement = /^(queryObject|queryArray|unsafe|query|execute|raw|\$queryRawUnsafe|\$executeRawUnsafe)$/;
const builder = /^(select|selectDistinct|insert|update|delete|insertInto|selectFrom|updateTable|deleteFrom)$/;

/** A client made with the address of the database passes row level security as the service key does. */
function isOwner(client: Value): boolean {
  return has(client, tags.serviceKey) && !has(client, tags.client);
}

/** Statements given to a database as a text, or put together by drizzle and kysely. Null for other calls. */
export function databaseCall({ run, scope, node, method, self, args }: Call): Value | null {
  const [first, second] = args;
  if (statement.test(method) && first != null) {
    const given = first.members?.get("text") ?? first.members?.get("sql") ?? first;
    if (isOwner(self)) run.tell("privileged", scope, node, { name: "sql" });
    if (has(given, tags.built) || (method === "raw" && has(given, tags.taint)))
      run.tell("sql", scope, node, { name: method, value: given });
    const values = second ?? first.members?.get("values") ?? first.members?.get("args");
    if (isOwner(self) && given.text != null) tellParameters(run, scope, node, given.text, values);
    return tagged(tags.personal);
  }
  if (!isOwner(self) || !builder.test(method)) return null;
  run.tell("privileged", scope, node, { name: "sql" });
  return { ...tagged(tags.query | tags.privileged), path: "@query.sql" };
}

/** sql`select … where user_id = ${id}` */
export function taggedStatement(run: Run, scope: Scope, node: Node): Value {
  const tag = part(node, "tag");
  const quasi = part(node, "quasi");
  if (tag == null || quasi == null) return unknown;
  const bare = part(tag, "object") ?? tag;
  const client = evaluate(run, scope, bare);
  const values = parts(quasi, "expressions").map((one) => evaluate(run, scope, one));
  const texts = parts(quasi, "quasis").map((one) =>
    String((one["value"] as { cooked?: unknown })?.cooked ?? ""),
  );
  if (!isOwner(client)) return unknown;
  if (texts.length > 1 || /\s/.test(texts[0] ?? "")) run.tell("privileged", scope, node, { name: "sql" });
  for (const [index, value] of values.entries()) {
    const column = /(\w+)"?\s*=\s*$/.exec(texts[index] ?? "")?.[1];
    if (column != null) run.tell("filter", scope, node, { name: column, value, status: 1 });
  }
  return tagged(tags.personal);
}

/** `where user_id = $1` and its list of values. */
function tellParameters(run: Run, scope: Scope, node: Node, sql: string, values: Value | undefined): void {
  for (const [, column = "", index] of sql.matchAll(/(\w+)"?\s*=\s*\$(\d+)/g)) {
    const value = values?.members?.get(`@${Number(index) - 1}`);
    if (value != null) run.tell("filter", scope, node, { name: column, value, status: 1 });
  }
}
