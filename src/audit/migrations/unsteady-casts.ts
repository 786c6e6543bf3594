import type { SqlFields } from "../../plan/sql-tree.ts";
import { fieldsOf, listOf, open, strings, walk } from "../sql-node.ts";
import type { Columns } from "./schema/query-scope.ts";

interface Unsteady {
  readonly name: string;
  readonly location: unknown;
}

/** Casts whose answer depends on the time zone or DateStyle of whoever asks (pg_cast, pg_proc.provolatile). */
const casts: Readonly<Record<string, RegExp>> = {
  timestamptz: /^(date|timestamp|time|text|varchar)$/,
  text: /^(date|time|timestamp|timestamptz)$/,
  varchar: /^(date|time|timestamp|timestamptz)$/,
  date: /^(timestamptz|text|varchar)$/,
  timestamp: /^(timestamptz|text|varchar)$/,
};

/** What is stable over a timestamptz and immutable over a timestamp. */
const ofTime = /^(date_trunc|date_part|extract|date)$/;

/** Casts and parts of dates that an index or generated column cannot hold. */
export function findUnsteadyCasts(value: unknown, columns: Columns): readonly Unsteady[] {
  const found: Unsteady[] = [];
  walk(value, (kind, fields) => {
    if (kind === "TypeCast") {
      const from = typeOf(fields["arg"], columns);
      const to = strings(fieldsOf(fields, "typeName"), "names").at(-1) ?? "";
      if (from != null && casts[from]?.test(to))
        found.push({ name: `${from} as ${to}`, location: fields["location"] });
    }
    if (kind === "FuncCall") {
      const name = strings(fields, "funcname").at(-1) ?? "";
      const last = lastArgument(fields);
      if (ofTime.test(name) && typeOf(last, columns) === "timestamptz")
        found.push({ name: `${name}() of a timestamptz`, location: fields["location"] });
    }
    return undefined;
  });
  return found;
}

function typeOf(value: unknown, columns: Columns): string | null {
  const node = open(value);
  if (node == null) return null;
  const { kind, fields } = node;
  if (kind === "ColumnRef") return columns?.get(strings(fields, "fields").at(-1) ?? "")?.type ?? null;
  // A literal is read once, when the index is made.
  if (kind === "TypeCast")
    return open(fields["arg"])?.kind === "A_Const"
      ? null
      : (strings(fieldsOf(fields, "typeName"), "names").at(-1) ?? null);
  if (kind === "A_Expr" && /^(->>|#>>)$/.test(strings(fields, "name")[0] ?? "")) return "text";
  if (kind === "FuncCall" && strings(fields, "funcname").at(-1) === "timezone")
    return (
      { timestamptz: "timestamp", timestamp: "timestamptz" }[typeOf(lastArgument(fields), columns) ?? ""] ??
      null
    );
  return null;
}

function lastArgument(fields: SqlFields): unknown {
  const args = fields["args"];
  return Array.isArray(args) ? args.at(-1) : listOf(fields, "args").at(-1);
}
