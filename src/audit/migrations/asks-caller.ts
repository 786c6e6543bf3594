import type { SqlFields } from "../../plan/sql-tree.ts";
import { listOf, strings, text, walk } from "../sql-node.ts";
import { asksSignInOnly, callerCall } from "./policy.ts";
import { isPlatformSchema, listName } from "./schema/names.ts";
import { type FunctionOverload, functionKey, type Schema } from "./schema/schema.ts";

/** Who of its callers a function looks at. `signed in`: of who is not, auth.uid() is null, and `<>` holds nobody back. */
export type Asked = "everybody" | "signed in" | "nobody";

/**
 * Whether a function's body looks at who calls it, itself or by a function it calls. That somebody is signed in says
 * nothing of whom, and `coalesce(argument, auth.uid())` lets the caller say it.
 */
export function readAsked(
  schema: Schema,
  { tree, argumentNames }: FunctionOverload,
  seen = new Set<unknown>(),
): Asked {
  const { body } = tree;
  // What cannot be read may ask.
  if (body?.statements == null || body.dynamic) return "everybody";
  seen.add(tree);
  let asks = false;
  let differs = false;
  let refusesNobody = false;
  const enter = (kind: string, fields: SqlFields): boolean => {
    if (kind === "NullTest" && callerCall(fields["arg"]) != null) {
      refusesNobody ||= text(fields, "nulltesttype") === "IS_NULL";
      return false;
    }
    if (isSignInCheck(kind, fields) || isSaidByArgument(kind, fields, argumentNames)) return false;
    if (isUnequal(kind, fields)) {
      differs = true;
      return false;
    }
    if (kind === "SQLValueFunction" && /USER|ROLE/.test(text(fields, "op"))) asks = true;
    if (kind === "FuncCall" && callAsks(schema, fields, seen)) asks = true;
    return !asks;
  };
  for (const { kind, fields } of body.statements) walk({ [kind]: fields }, enter);
  if (asks || (differs && refusesNobody)) return "everybody";
  return differs ? "signed in" : "nobody";
}

/** `argument <> auth.uid()`: null, and no refusal, for who is not signed in. */
function isUnequal(kind: string, fields: SqlFields): boolean {
  if (kind !== "A_Expr" || text(fields, "kind") !== "AEXPR_OP" || strings(fields, "name").join() !== "<>")
    return false;
  return [fields["lexpr"], fields["rexpr"]].some((side) => callerCall(side) === "uid");
}

function callAsks(schema: Schema, call: SqlFields, seen: Set<unknown>): boolean {
  const name = listName(call, "funcname");
  if (name.schema === "auth") return true;
  if (name.name === "current_setting") return /request\.|role/.test(JSON.stringify(call["args"] ?? ""));
  const overloads = schema.functions.get(functionKey(schema, name));
  if (overloads == null) return name.schema != null && !isPlatformSchema(name.schema);
  return overloads.some((one) => !seen.has(one.tree) && readAsked(schema, one, seen) !== "nobody");
}

function isSignInCheck(kind: string, fields: SqlFields): boolean {
  // `auth.role() <> 'authenticated'` refuses who is not signed in, as `=` lets in who is.
  const equals = strings(fields, "name").join() === "<>" ? { ...fields, name: [equalSign] } : fields;
  return kind === "A_Expr" && asksSignInOnly({ [kind]: equals });
}

const equalSign = { String: { sval: "=" } };

function isSaidByArgument(kind: string, fields: SqlFields, argumentNames: readonly string[]): boolean {
  if (kind !== "CoalesceExpr") return false;
  const [first] = listOf(fields, "args");
  return first?.kind === "ColumnRef" && argumentNames.includes(strings(first.fields, "fields").at(-1) ?? "");
}
