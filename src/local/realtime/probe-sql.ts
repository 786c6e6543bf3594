import pg from "pg";
import type { Caller } from "./caller.ts";
import type { Relation } from "./relation.ts";
import { encodeRows, recordset } from "./row-sql.ts";
import type { Tuple } from "./wal-change.ts";

const quote = pg.escapeIdentifier;
const literal = pg.escapeLiteral;
const timeoutMs = 8000;

export interface ProbeRequest {
  readonly caller: Caller;
  /** Position of the change → its new row. */
  readonly rows: ReadonlyMap<number, Tuple>;
}

/** The name of the statement a probe leaves on its connection when it fails midway. */
export const probeStatement = "bee_probe";

/**
 * Asks for many callers in one round trip which of their rows each may see: in a read-only transaction, as the caller's
 * role and claims, each row by its primary key. Where row security does not apply to the role all rows are seen, even
 * those that are gone again. Every caller gets one result with the only column `i`, in their order. The lookup is
 * prepared once and, as policies ask for the claims when it runs, planned once per role.
 */
export function renderProbe(relation: Relation, requests: readonly ProbeRequest[]): string {
  const key = relation.columns.filter(({ name }) => relation.primaryKey.includes(name));
  const match = key
    .map(({ name, sqlType }, index) => `t.${quote(name)} = r.c${index}::${sqlType}`)
    .join(" and ");
  const table = `${quote(relation.schema)}.${quote(relation.name)}`;
  const seen = key.length === 0 ? "" : ` or (select true from ${table} t where ${match})`;
  const asks = requests.flatMap(({ caller, rows }) => [
    `select set_config('request.jwt.claims', ${literal(caller.claims)}, true), set_config('role', ${literal(caller.role)}, true)`,
    `execute ${probeStatement} (${literal(encodeRows(key, [...rows]))})`,
  ]);
  return [
    "begin read only",
    `set local statement_timeout = ${timeoutMs}`,
    "set local plan_cache_mode = force_generic_plan",
    `prepare ${probeStatement} (json) as select r.i from ${recordset(key, "$1")}
       where not row_security_active(${relation.oid}::oid)${seen}`,
    ...asks,
    `deallocate ${probeStatement}`,
    "rollback",
  ].join(";\n");
}
