import type { SqlFields } from "../../../plan/sql-tree.ts";
import { fieldsOf, listOf, text } from "../../sql-node.ts";
import { typeName } from "./read-column.ts";

export interface FunctionArguments {
  /** Of the input arguments; absent names are "". */
  readonly argumentNames: readonly string[];
  readonly argumentTypes: readonly string[];
  /** Those without a default. */
  readonly required: number;
}

/** Of CREATE FUNCTION. */
export function readArguments(fields: SqlFields): FunctionArguments {
  const inputs = listOf(fields, "parameters")
    .map((one) => one.fields)
    .filter((one) => !["FUNC_PARAM_OUT", "FUNC_PARAM_TABLE"].includes(text(one, "mode")));
  return {
    argumentNames: inputs.map((one) => text(one, "name")),
    argumentTypes: inputs.map((one) => typeName(fieldsOf(one, "argType"))),
    required: inputs.filter((one) => one["defexpr"] == null && text(one, "mode") !== "FUNC_PARAM_VARIADIC")
      .length,
  };
}
