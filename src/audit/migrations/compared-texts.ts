import type { SqlTree } from "../../plan/sql-tree.ts";
import { fieldsOf, strings, text, walk } from "../sql-node.ts";

/** Texts of a statement that others are only held against: in comparisons, patterns, checks and lists of values. */
export function findComparedTexts(tree: SqlTree): ReadonlySet<string> {
  const texts = new Set<string>();
  for (const { fields } of [tree, ...(tree.body?.statements ?? [])]) {
    walk(fields, (kind, inner) => {
      if (!isComparison(kind, inner)) return undefined;
      walk(inner, (leaf, constant) => {
        const value = leaf === "A_Const" ? text(fieldsOf(constant, "sval"), "sval") : "";
        if (value !== "") texts.add(value);
        return undefined;
      });
      return false;
    });
  }
  return texts;
}

function isComparison(kind: string, fields: SqlTree["fields"]): boolean {
  if (kind === "A_Expr") {
    const operator = strings(fields, "name").at(-1) ?? "";
    return text(fields, "kind") !== "AEXPR_OP" || /^([<>=!]+|!?~{1,2}\*?)$/.test(operator);
  }
  if (kind === "FuncCall")
    return /^(regexp_\w+|starts_with|strpos|position)$/.test(strings(fields, "funcname").at(-1) ?? "");
  return kind === "A_ArrayExpr" || (kind === "Constraint" && text(fields, "contype") === "CONSTR_CHECK");
}
