import type { SqlFields } from "../../plan/sql-tree.ts";
import { listOf, strings, text, walk } from "../sql-node.ts";

/** Stable: the same within a statement, another one tomorrow. */
const stable = new Set(
  // With one argument these take the session's configuration or day.
  (
    "to_tsvector/1 to_tsquery/1 plainto_tsquery/1 phraseto_tsquery/1 websearch_to_tsquery/1 age/1 " +
    "concat concat_ws format to_date array_to_string unaccent now current_timestamp transaction_timestamp statement_timestamp current_setting to_char auth.uid auth.role " +
    "auth.jwt auth.email pg_has_role has_table_privilege current_schema inet_client_addr txid_current pg_backend_pid"
  ).split(" "),
);

/** Volatile: another one at every call. */
const volatile = new Set(
  "clock_timestamp timeofday random random_normal gen_random_uuid uuidv4 uuidv7 uuid_generate_v1 uuid_generate_v4 nextval setseed gen_random_bytes gen_salt".split(
    " ",
  ),
);

interface Call {
  readonly name: string;
  readonly location: unknown;
}

/** Calls that an index, a generated column or their predicate cannot hold, because their answer changes. */
export function findChangingCalls(value: unknown): readonly Call[] {
  return findCalls(value, (name) => stable.has(name) || volatile.has(name));
}

/** Calls that differ from row to row, so that a default rewrites the table. */
export function findVolatileCalls(value: unknown): readonly Call[] {
  return findCalls(value, (name) => volatile.has(name)).filter(({ name }) => !name.startsWith("current_"));
}

function findCalls(value: unknown, wanted: (name: string) => boolean): readonly Call[] {
  const calls: Call[] = [];
  walk(value, (kind: string, fields: SqlFields) => {
    if (kind === "FuncCall") {
      const parts = strings(fields, "funcname");
      const name = parts.filter((part) => !/^(pg_catalog|extensions|public)$/.test(part)).join(".");
      if (wanted(listOf(fields, "args").length === 1 ? `${name}/1` : name) || wanted(name))
        calls.push({ name: `${name}()`, location: fields["location"] });
    }
    if (kind === "SQLValueFunction") {
      const name = text(fields, "op").replace("SVFOP_", "").toLowerCase();
      calls.push({ name, location: fields["location"] });
    }
    return undefined;
  });
  return calls;
}
