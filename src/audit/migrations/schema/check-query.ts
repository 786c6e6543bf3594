import type { SqlFields } from "../../../plan/sql-tree.ts";
import { fieldsOf, isFields, isTrue, listOf, open, strings, text } from "../../sql-node.ts";
import { listName, rangeName, show } from "./names.ts";
import {
  addTable,
  type Columns,
  childScope,
  outputColumns,
  renamed,
  resolveColumn,
  type Scope,
  type Tell,
} from "./query-scope.ts";
import { readColumn } from "./read-column.ts";
import { type Column, functionKey, type Schema, typeKey } from "./schema.ts";

export interface Checker {
  readonly schema: Schema;
  readonly tell: Tell;
}

const queries = ["SelectStmt", "InsertStmt", "UpdateStmt", "DeleteStmt", "MergeStmt"];

/** Checks a query statement's tables and columns; answers the columns it gives. */
export function checkQuery(checker: Checker, kind: string, fields: SqlFields, parent: Scope | null): Columns {
  const scope = childScope(parent);
  addCtes(checker, fieldsOf(fields, "withClause"), scope);
  if (kind === "SelectStmt") return checkSelect(checker, fields, scope);
  if (kind === "InsertStmt") return checkInsert(checker, fields, scope);
  if (kind === "UpdateStmt" || kind === "DeleteStmt") return checkChange(checker, fields, scope);
  if (kind === "MergeStmt") return checkMerge(checker, fields, scope);
  checkExpression(checker, fields, scope);
  return null;
}

/** Every column, table and label inside an expression. */
export function checkExpression(checker: Checker, value: unknown, scope: Scope): void {
  if (Array.isArray(value)) {
    for (const item of value) checkExpression(checker, item, scope);
    return;
  }
  if (!isFields(value)) return;
  for (const key in value) {
    const inner = value[key];
    if (!isFields(inner) || !/^[A-Z]/.test(key)) checkExpression(checker, inner, scope);
    else if (key === "ColumnRef") checkColumn(checker, inner, scope);
    else if (queries.includes(key)) checkQuery(checker, key, inner, scope);
    else {
      if (key === "TypeCast") checkCast(checker, inner);
      if (key === "A_Expr") checkComparison(checker, inner, scope);
      checkExpression(checker, inner, scope);
    }
  }
}

function checkColumn({ schema, tell }: Checker, ref: SqlFields, scope: Scope): void {
  resolveColumn(scope, ref, (problem) => {
    if (problem.kind !== "column" || !isComputed(schema, ref, problem.of, problem.column)) tell(problem);
  });
}

/** `people.full_name` may be a function of the row: full_name(people). */
function isComputed(schema: Schema, ref: SqlFields, table: string, name: string): boolean {
  if (listOf(ref, "fields").length < 2) return false;
  const overloads = schema.functions.get(functionKey(schema, { schema: null, name })) ?? [];
  return overloads.some(
    ({ argumentTypes, required }) =>
      required <= 1 && argumentTypes[0] === table.slice(table.indexOf(".") + 1),
  );
}

function addCtes(checker: Checker, withClause: SqlFields, scope: Scope): void {
  for (const { fields } of listOf(withClause, "ctes")) {
    const name = text(fields, "ctename");
    // Of a recursive one the columns are not known while it is read.
    if (isTrue(withClause, "recursive")) scope.ctes.set(name, null);
    const query = open(fields["ctequery"]);
    const columns = query == null ? null : checkQuery(checker, query.kind, query.fields, scope);
    const isPlain = !isTrue(withClause, "recursive") && fields["search_clause"] == null;
    scope.ctes.set(name, isPlain ? renamed(columns, strings(fields, "aliascolnames")) : null);
  }
}

function checkSelect(checker: Checker, select: SqlFields, scope: Scope): Columns {
  if (text(select, "op") !== "" && text(select, "op") !== "SETOP_NONE") {
    const left = checkQuery(checker, "SelectStmt", fieldsOf(select, "larg"), scope);
    checkQuery(checker, "SelectStmt", fieldsOf(select, "rarg"), scope);
    return left;
  }
  for (const item of listOf(select, "fromClause")) addFrom(checker, item.kind, item.fields, scope);
  for (const part of ["targetList", "whereClause", "valuesLists"])
    checkExpression(checker, select[part], scope);
  const columns = outputColumns(scope, select);
  const after = childScope(scope.parent, [...scope.names, ...(columns?.keys() ?? [])]);
  after.relations.push(...scope.relations);
  for (const [name, cte] of scope.ctes) after.ctes.set(name, cte);
  const rest = [
    "groupClause",
    "havingClause",
    "sortClause",
    "distinctClause",
    "windowClause",
    "limitCount",
    "limitOffset",
  ];
  for (const part of rest) checkExpression(checker, select[part], after);
  return listOf(select, "valuesLists").length > 0 ? null : columns;
}

function addFrom(checker: Checker, kind: string, fields: SqlFields, scope: Scope): void {
  if (kind === "RangeVar") {
    addTable(checker.schema, scope, fields, checker.tell);
  } else if (kind === "RangeSubselect") {
    const query = open(fields["subquery"]);
    // Without LATERAL it sees what is around the query, not its neighbours.
    const around = isTrue(fields, "lateral") ? scope : withCtes(scope);
    const columns = query == null ? null : checkQuery(checker, query.kind, query.fields, around);
    const alias = fieldsOf(fields, "alias");
    scope.relations.push({
      alias: text(alias, "aliasname"),
      name: null,
      columns: renamed(columns, strings(alias, "colnames")),
    });
  } else if (kind === "JoinExpr") {
    for (const side of ["larg", "rarg"]) {
      const item = open(fields[side]);
      if (item != null) addFrom(checker, item.kind, item.fields, scope);
    }
    const alias = text(fieldsOf(fields, "alias"), "aliasname");
    if (alias !== "") scope.relations.push({ alias, name: null, columns: null });
    checkExpression(checker, fields["quals"], scope);
  } else {
    checkExpression(checker, fields["functions"], scope);
    const defined = listOf(fields, "coldeflist").map(
      (one) => [text(one.fields, "colname"), readColumn(checker.schema, one.fields)] as const,
    );
    scope.relations.push({
      alias: text(fieldsOf(fields, "alias"), "aliasname"),
      name: null,
      columns: defined.length === 0 || isTrue(fields, "ordinality") ? null : new Map(defined),
    });
  }
}

function withCtes(scope: Scope): Scope {
  const outer = childScope(scope.parent, scope.names);
  for (const [name, cte] of scope.ctes) outer.ctes.set(name, cte);
  return outer;
}

function checkInsert(checker: Checker, insert: SqlFields, scope: Scope): Columns {
  const source = open(insert["selectStmt"]);
  if (source != null) checkQuery(checker, source.kind, source.fields, scope);
  const target = fieldsOf(insert, "relation");
  const columns = addTable(checker.schema, scope, target, checker.tell);
  const named = listOf(insert, "cols");
  for (const { fields } of named) checkTarget(checker, target, columns, fields);
  if (source?.kind === "SelectStmt")
    checkValues(
      checker,
      source.fields,
      columns,
      named.map(({ fields }) => text(fields, "name")),
    );
  scope.relations.push({ alias: "excluded", name: rangeName(target), columns });
  const conflict = fieldsOf(insert, "onConflictClause");
  const infer = fieldsOf(conflict, "infer");
  for (const { fields } of listOf(infer, "indexElems"))
    checkTarget(checker, target, columns, { location: infer["location"], ...fields });
  checkSet(checker, conflict, target, columns, scope);
  return checkReturning(checker, insert, scope);
}

function checkChange(checker: Checker, change: SqlFields, scope: Scope): Columns {
  const target = fieldsOf(change, "relation");
  const columns = addTable(checker.schema, scope, target, checker.tell);
  for (const item of [...listOf(change, "fromClause"), ...listOf(change, "usingClause")])
    addFrom(checker, item.kind, item.fields, scope);
  checkSet(checker, change, target, columns, scope);
  return checkReturning(checker, change, scope);
}

function checkMerge(checker: Checker, merge: SqlFields, scope: Scope): Columns {
  const target = fieldsOf(merge, "relation");
  const columns = addTable(checker.schema, scope, target, checker.tell);
  const source = open(merge["sourceRelation"]);
  if (source != null) addFrom(checker, source.kind, source.fields, scope);
  checkExpression(checker, merge["joinCondition"], scope);
  for (const { fields: clause } of listOf(merge, "mergeWhenClauses")) {
    checkExpression(checker, [clause["condition"], clause["values"]], scope);
    checkSet(checker, clause, target, columns, scope);
  }
  return checkReturning(checker, merge, scope);
}

function checkSet(
  checker: Checker,
  change: SqlFields,
  target: SqlFields,
  columns: Columns,
  scope: Scope,
): void {
  for (const { fields } of listOf(change, "targetList")) {
    checkTarget(checker, target, columns, fields);
    checkLabel(checker, columns?.get(text(fields, "name")) ?? null, fields["val"]);
    checkExpression(checker, fields["val"], scope);
  }
  checkExpression(checker, change["whereClause"], scope);
}

function checkReturning(checker: Checker, statement: SqlFields, scope: Scope): Columns {
  const clause = fieldsOf(statement, "returningClause");
  const list = clause["exprs"] ?? statement["returningList"];
  checkExpression(checker, list, scope);
  return outputColumns(scope, { targetList: list });
}

/** The column that INSERT or SET names. */
function checkTarget(checker: Checker, target: SqlFields, columns: Columns, named: SqlFields): void {
  const column = text(named, "name");
  if (column === "" || columns == null || columns.has(column)) return;
  checker.tell({
    kind: "column",
    column,
    of: show(rangeName(target)),
    known: [...columns.keys()],
    location: named["location"] ?? target["location"],
  });
}

function checkValues(checker: Checker, select: SqlFields, columns: Columns, names: readonly string[]): void {
  if (columns == null) return;
  const order = names.length > 0 ? names : [...columns.keys()];
  for (const { fields } of listOf(select, "valuesLists")) {
    for (const [index, item] of (Array.isArray(fields["items"]) ? fields["items"] : []).entries()) {
      checkLabel(checker, columns.get(order[index] ?? "") ?? null, item);
    }
  }
}

/** A literal that is to become a value of an enum of ours, or a list of them where one of many is asked for. */
export function checkLabel(
  { schema, tell }: Checker,
  column: Column | null,
  value: unknown,
  isList = false,
): void {
  const constant = open(value);
  const type = column?.ownType == null ? null : schema.types.get(column.ownType);
  if (type == null || constant?.kind !== "A_Const") return;
  const text = fieldsOf(constant.fields, "sval")["sval"];
  if (typeof text !== "string") return;
  for (const label of isList ? readList(text) : [text]) {
    if (type.labels.has(label)) continue;
    const location = constant.fields["location"];
    tell({ kind: "label", label, type: column?.ownType ?? "", known: [...type.labels], location });
  }
}

/** The members of `{draft,placed}`; none where quotes make it more than a list of words. */
function readList(text: string): readonly string[] {
  const inner = /^\{([^{}"\\]+)\}$/.exec(text.trim())?.[1];
  return inner == null ? [] : inner.split(",").map((one) => one.trim());
}

function checkCast(checker: Checker, cast: SqlFields): void {
  const typeName = fieldsOf(cast, "typeName");
  if (typeName["arrayBounds"] != null) return;
  const ownType = typeKey(checker.schema, listName(typeName, "names"));
  checkLabel(checker, { type: "", ownType }, cast["arg"]);
}

function checkComparison(checker: Checker, expression: SqlFields, scope: Scope): void {
  const quiet: Tell = () => {};
  const columnOf = (side: unknown): Column | null => {
    const node = open(side);
    return node?.kind === "ColumnRef" ? resolveColumn(scope, node.fields, quiet) : null;
  };
  const [left, right] = [expression["lexpr"], expression["rexpr"]];
  if (!["=", "<>", "IN", "NOT IN"].includes(strings(expression, "name")[0] ?? "")) return;
  const column = columnOf(left);
  const { kind = "", fields = {} } = open(right) ?? {};
  const isAny = /^AEXPR_OP_A(NY|LL)$/.test(text(expression, "kind"));
  const values =
    kind === "List" ? fields["items"] : isAny && kind === "A_ArrayExpr" ? fields["elements"] : [right];
  for (const value of Array.isArray(values) ? values : [])
    checkLabel(checker, column, value, isAny && value === right);
  checkLabel(checker, columnOf(right), left);
}
