import type { SqlFields } from "../../plan/sql-tree.ts";
import { fieldsOf, listOf, open, strings, text, walk } from "../sql-node.ts";

/** For roles that row level security does not hold back anyway. */
export function isServiceOnly(policy: SqlFields): boolean {
  const roles = listOf(policy, "roles").map(({ fields }) => text(fields, "rolename"));
  return roles.length > 0 && roles.every((role) => /^(service_role|postgres|supabase_.*)$/.test(role));
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

function constant(value: unknown): string | null {
  const node = open(value);
  if (node?.kind !== "A_Const") return null;
  const { location: _, ...rest } = node.fields;
  const inner = JSON.stringify(rest);
  const words = fieldsOf(node.fields, "sval")["sval"];
  return typeof words === "string" ? words : inner;
}
