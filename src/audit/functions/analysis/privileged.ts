import type { Call } from "./call.ts";
import { isKey } from "./opaque-key.ts";
import type { Run } from "./run.ts";
import { selectsSecrets } from "./secret-columns.ts";
import { deepTags, has, record, type Scope, tagged, tags, unknown, type Value } from "./value.ts";

const writes = /^(insert|upsert|update|delete|rpc)$/;
const filters = /^(eq|in|match|contains|filter|or|like|ilike|neq|is)$/;

/** A supabase client: by its key, or by the caller's token that it hands on. */
export function createClient(_run: Run, _scope: Scope, args: readonly Value[]): Value {
  const [, key, options] = args;
  const sent = options?.members?.get("global")?.members?.get("headers");
  const isUsers = sent != null && (deepTags(sent) & (tags.token | tags.taint)) !== 0;
  const isService = key != null && has(key, tags.serviceKey) && !isUsers;
  return { ...tagged(tags.client | (isService ? tags.privileged : 0)), path: "@client" };
}

/** Calls on a client or on a query of it. Null for anything else. */
export function clientCall({ run, scope, node, path, method, self, args }: Call): Value | null {
  if (!has(self, tags.client | tags.query) && !/@client/.test(self.path)) return null;
  const isPrivileged = has(self, tags.privileged);
  const query = (bits: number): Value =>
    tagged(tags.query | (isPrivileged ? tags.privileged : 0) | bits, `rows:${queryId(scope, node)}/`);
  const gone = /\.auth\.(api\.\w+|admin\.getUserByEmail|user|session|signIn|setAuth)$/.exec(path)?.[1];
  if (gone != null && /supabase-js@2/.test(scope.module.text))
    run.tell("missing-member", scope, node, { name: `auth.${gone}` });
  if (/\.auth\.(api\.)?(getUser|getClaims)$/.test(path)) return tagged(tags.identity);
  if (/\.auth\.getSession$/.test(path)) {
    run.tell("decoded", scope, node, { name: "getSession" });
    return tagged(tags.decoded);
  }
  if (/\.auth\.admin\.\w+$/.test(path)) {
    run.tell("privileged", scope, node, { name: "admin" });
    const [id] = args;
    // A link or code to sign in with, made for whoever asks.
    if (path.endsWith(".generateLink") && !run.state.authed) return { ...query(tags.write), members: signIn };
    if (isPrivileged && id != null) run.tell("filter", scope, node, { name: "user_id", value: id });
    return query(/\.(get|list)\w*$/.test(path) ? 0 : tags.write);
  }
  if (/\.auth\.(signInWithPassword|signUp|signInWithOtp|verifyOtp)$/.test(path)) return unknown;
  if (method === "schema") return self;
  if ((method === "from" || method === "rpc") && queryKind(self) !== "@query.sql") {
    const name = args[0]?.text ?? "";
    const isBucket = /\.storage$/.test(self.path);
    // It finds what is asked for by a token that nobody can guess.
    const isLookup =
      method === "rpc" && [...(args[1]?.members ?? [])].some(([argument, one]) => isKey(argument, name, one));
    if (isLookup) run.proven(scope, node, true);
    if (isPrivileged && !isBucket) run.tell("privileged", scope, node, { name: method });
    if (method === "rpc") {
      if (
        /^(exec|execute|run|query)(_?sql|_?query)?$|_sql$/i.test(name) ||
        (args[0] != null && has(args[0], tags.taint))
      )
        run.tell("sql", scope, node, { name: `rpc ${name}`, value: args[1] ?? args[0] ?? unknown });
      if (args[1] != null) run.tell("rpc", scope, node, { name, value: args[1] });
      tellWritten(run, scope, node, args[1], isPrivileged);
      // has_role(user.id, "admin"): asked about the caller, its word decides.
      const given = [...(args[1]?.members?.values() ?? [])];
      const isAsked = given.some(isOwn);
      return { ...query(isAsked ? tags.identity | tags.taint : 0), path: "@query.rpc" };
    }
    // A bucket, or a table.
    return { ...query(0), path: isBucket ? "@query.storage" : "@query", text: name };
  }
  if (self.path === "@query.storage") {
    // A public address is put together here, nobody is asked.
    if (method === "getPublicUrl") return unknown;
    if (isPrivileged) run.tell("privileged", scope, node, { name: "storage" });
    if (isPrivileged && args[0] != null)
      run.tell("filter", scope, node, { name: "storage path", value: args[0] });
    return query(/^(upload|update|remove|move|copy)$/.test(method) ? tags.write : 0);
  }
  if (method === "throwOnError") return { ...self, tags: self.tags & ~tags.write };
  if (method === "or" || method === "filter") {
    const text = args.at(-1);
    if (text != null && has(text, tags.built)) run.tell("sql", scope, node, { name: method, value: text });
  }
  // The API has a limit of its own.
  if (method === "limit" && queryKind(self) === "@query.sql" && args[0] != null && has(args[0], tags.taint))
    run.tell("loop", scope, node, { name: "rows", value: args[0] });
  if (filters.test(method)) {
    const [column, value = unknown] = args;
    // `.eq("id", id)`, `.match({ id, user_id })`
    const conditions = column?.members == null ? [[column?.text ?? "", value] as const] : [...column.members];
    let found = 0;
    for (const [name, given] of conditions) {
      // Rows found by the caller's own key say who calls.
      const isLookup = /^(eq|match)$/.test(method) && isKey(name, self.text ?? "", given);
      if (isLookup) run.tell("looked-up", scope, node, { name: self.source });
      if (given !== unknown)
        run.tell("filter", scope, node, { name, value: given, status: isPrivileged ? 1 : 0 });
      // `.in("role", ["admin", "owner"])`: rows of those who may.
      const isRole = role.test(name) && !has(given, tags.taint);
      found |=
        (isLookup ? tags.token : 0) |
        (isOwn(given) ? tags.identity : 0) |
        (given.tags & tags.taint) |
        (isRole ? tags.listed : 0);
    }
    return { ...self, tags: self.tags | found };
  }
  if (method === "select" && selectsSecrets(args[0]?.text ?? "*", self.text ?? ""))
    return { ...self, tags: self.tags | tags.secret };
  if (writes.test(method)) {
    run.tell("write", scope, node, { name: method });
    tellWritten(run, scope, node, args[0], isPrivileged);
    return { ...self, tags: self.tags | tags.write };
  }
  return has(self, tags.query) ? { ...self, path: `${queryKind(self)}.${method}` } : null;
}

const role = /role|is_?admin|permission|is_?owner|is_?staff/i;

/** The caller's proven id, or what a row found by it says: their profile's id, their organization. */
export function isOwn(value: Value): boolean {
  return value.source.startsWith("own:") || (has(value, tags.identity) && !has(value, tags.taint));
}

const signIn = new Map([
  [
    "data",
    record({
      properties: record({
        action_link: tagged(tags.secret),
        hashed_token: tagged(tags.secret),
        email_otp: tagged(tags.secret),
      }),
    }),
  ],
]);

/** What sets apart files and plain SQL from what the API asks. */
export function queryKind({ path }: Value): string {
  return /^@query\.(storage|sql)/.exec(path)?.[0] ?? "@query";
}

/** Where the rows are asked for: one for all the calls of a chain. */
function queryId(scope: Scope, node: Call["node"]): string {
  return `${scope.module.path}:${node.start}`;
}

function tellWritten(
  run: Run,
  scope: Scope,
  node: Call["node"],
  given: Value | undefined,
  isPrivileged: boolean,
): void {
  if (given == null) return;
  const row = given.members?.get("*") ?? given;
  const status = isPrivileged ? 1 : 0;
  // The whole body as a row: its columns are the caller's choice.
  const spread = row.members?.get("...") ?? (row.members == null ? row : null);
  if (spread != null && has(spread, tags.body) && !has(spread, tags.valid))
    run.tell("filter", scope, node, { name: "whole body", value: spread, status });
  for (const [name, value] of row.members ?? [])
    if (name !== "...") run.tell("filter", scope, node, { name: `= ${name}`, value, status });
}
