import type { SqlFields } from "../../plan/sql-tree.ts";
import { fieldsOf, open, roleNames, strings, text, walk } from "../sql-node.ts";

/** For roles that row level security does not hold back anyway. */
export function isServiceOnly(policy: SqlFields): boolean {
  const roles = roleNames(policy, "roles");
  return roles.length > 0 && roles.every((role) => /^(service_role|postgres|supabase_.*)$/.test(role));
}

/** On the table that holds the objects of all buckets. */
export function isStorage(policy: SqlFields): boolean {
  const { schemaname, relname } = fieldsOf(policy, "table");
  return schemaname === "storage" && relname === "objects";
}

/** A restrictive policy only takes away. */
export function isRestrictive(policy: SqlFields): boolean {
  return policy["permissive"] !== true;
}

/** `true`, `1 = 1`, `(select true)`. */
export function isAlwaysTrue(expression: unknown): boolean {
  const node = open(expression);
  if (node == null) return false;
  if (node.kind === "A_Const") return fieldsOf(node.fields, "boolval")["boolval"] === true;
  if (node.kind === "TypeCast") return /^t(rue)?$/.test(constant(node.fields["arg"]) ?? "");
  if (node.kind === "A_Expr" && strings(node.fields, "name")[0] === "=") {
    const [left, right] = [constant(node.fields["lexpr"]), constant(node.fields["rexpr"])];
    return left != null && left === right;
  }
  if (node.kind === "BoolExpr") {
    const parts = Array.isArray(node.fields["args"]) ? node.fields["args"] : [];
    const isOr = text(node.fields, "boolop") === "OR_EXPR";
    return isOr
      ? parts.some(isAlwaysTrue)
      : text(node.fields, "boolop") === "AND_EXPR" && parts.every(isAlwaysTrue);
  }
  return false;
}

/** The parts of a condition that all have to hold. */
export function conjuncts(expression: unknown): readonly unknown[] {
  const node = open(expression);
  if (node?.kind !== "BoolExpr" || text(node.fields, "boolop") !== "AND_EXPR") return [expression];
  const parts = node.fields["args"];
  return Array.isArray(parts) ? parts.flatMap(conjuncts) : [];
}

/** Holds for every caller who is signed in, whoever that is: `auth.uid() is not null`, `auth.role() = 'authenticated'`. */
export function asksSignInOnly(expression: unknown): boolean {
  if (isAlwaysTrue(expression)) return true;
  const { kind = "", fields = {} } = open(expression) ?? {};
  if (kind === "NullTest")
    return text(fields, "nulltesttype") === "IS_NOT_NULL" && callerCall(fields["arg"]) === "uid";
  if (kind === "A_Expr" && strings(fields, "name")[0] === "=") {
    const [left, right] = [fields["lexpr"], fields["rexpr"]];
    const sides = [callerCall(left) ?? constant(left), callerCall(right) ?? constant(right)];
    return sides.includes("role") && sides.includes("authenticated");
  }
  if (kind !== "BoolExpr" || text(fields, "boolop") === "NOT_EXPR") return false;
  const parts = Array.isArray(fields["args"]) ? fields["args"] : [];
  return text(fields, "boolop") === "OR_EXPR" ? parts.some(asksSignInOnly) : parts.every(asksSignInOnly);
}

/** `uid` of `auth.uid()`, also as `(select auth.uid())`; null for anything else. */
export function callerCall(expression: unknown): string | null {
  const { kind = "", fields = {} } = open(expression) ?? {};
  if (kind === "SubLink") {
    const { fromClause, targetList } = fieldsOf(fieldsOf(fields, "subselect"), "SelectStmt");
    const [only, ...others] = Array.isArray(targetList) ? targetList : [];
    return fromClause != null || others.length > 0 ? null : callerCall(open(only)?.fields["val"]);
  }
  const [schema, name = "", ...rest] = strings(fields, "funcname");
  return kind === "FuncCall" && schema === "auth" && rest.length === 0 ? name : null;
}

/** Looks at the bucket alone: `bucket_id = 'avatars'`, whoever's folder it is. */
export function asksBucketOnly(expression: unknown): boolean {
  const { kind = "", fields = {} } = open(expression) ?? {};
  if (kind !== "A_Expr" || !["=", "IN"].includes(strings(fields, "name")[0] ?? "")) return false;
  const columns: string[] = [];
  let isPlain = true;
  walk(fields, (inner, node) => {
    if (inner === "ColumnRef") columns.push(strings(node, "fields").at(-1) ?? "");
    if (inner === "FuncCall" || inner === "SubLink") isPlain = false;
    return undefined;
  });
  return isPlain && columns.join() === "bucket_id";
}

/** Reads who asks: auth.uid(), a claim, a setting, or a function of the project's own. */
export function mentionsCaller(expression: unknown): boolean {
  let found = false;
  walk(expression, (kind, fields) => {
    if (
      kind === "FuncCall" &&
      !/^(now|lower|upper|coalesce|length)$/.test(strings(fields, "funcname").at(-1) ?? "")
    )
      found = true;
    if (kind === "SQLValueFunction" && /USER|ROLE/.test(text(fields, "op"))) found = true;
    return undefined;
  });
  return found;
}

/** May say whose row it is: it asks other tables or functions, or knows the caller. */
export function mayPin(expression: unknown): boolean {
  let asks = mentionsCaller(expression);
  walk(expression, (kind) => {
    if (kind === "SubLink") asks = true;
    return undefined;
  });
  return asks;
}

function constant(value: unknown): string | null {
  const node = open(value);
  if (node?.kind !== "A_Const") return null;
  const { location: _, ...rest } = node.fields;
  const inner = JSON.stringify(rest);
  const words = fieldsOf(node.fields, "sval")["sval"];
  return typeof words === "string" ? words : inner;
}
