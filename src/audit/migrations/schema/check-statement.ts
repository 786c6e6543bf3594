import type { SqlFields, SqlTree } from "../../../plan/sql-tree.ts";
import { fieldsOf, isTrue, listOf, type SqlNode, strings, text } from "../../sql-node.ts";
import {
  checkCalls,
  checkFunction,
  checkNames,
  checkSchema,
  checkType,
  columnsOf,
  type Owner,
  type StatementChecker,
  tableScope,
} from "./check-names.ts";
import {
  checkAltered,
  checkComment,
  checkDrop,
  checkGrant,
  checkOnTable,
  checkTrigger,
} from "./check-object.ts";
import { checkExpression, checkLabel, checkQuery } from "./check-query.ts";
import { listName, rangeName } from "./names.ts";
import { addTable, type Columns, childScope } from "./query-scope.ts";
import { readColumn } from "./read-column.ts";
import { hasType, isOurs } from "./schema.ts";

/** Tells every table, column, type, function, schema and label that the statement uses and the schema does not have. */
export function checkStatement(checker: StatementChecker, tree: SqlTree): void {
  const { fields } = tree;
  switch (tree.kind) {
    case "SelectStmt":
    case "InsertStmt":
    case "UpdateStmt":
    case "DeleteStmt":
    case "MergeStmt":
      checkQuery(checker, tree.kind, fields, null);
      checkCalls(checker, fields);
      return;
    case "ViewStmt":
      checkWhole(checker, fields["query"]);
      return;
    case "CreateTableAsStmt":
      checkWhole(checker, fields["query"]);
      return;
    case "CreateStmt":
      checkCreateTable(checker, fields);
      return;
    case "IndexStmt":
      checkIndex(checker, fields);
      return;
    case "AlterTableStmt":
      checkAlterTable(checker, fields);
      return;
    case "DropStmt":
      checkDrop(checker, fields);
      return;
    case "RenameStmt":
      checkAltered(checker, fields);
      return;
    case "AlterFunctionStmt":
      checkFunction(checker, fieldsOf(fields, "func"));
      return;
    case "CreatePolicyStmt":
    case "AlterPolicyStmt": {
      if (tree.kind === "AlterPolicyStmt")
        checkOnTable(checker, "policy", rangeName(fieldsOf(fields, "table")), text(fields, "policy_name"));
      const scope = tableScope(checker, fieldsOf(fields, "table"));
      checkExpression(checker, [fields["qual"], fields["with_check"]], scope);
      checkCalls(checker, [fields["qual"], fields["with_check"]]);
      return;
    }
    case "CreateTrigStmt":
      checkTrigger(checker, fields);
      return;
    case "CreateFunctionStmt":
      checkSchema(checker, listName(fields, "funcname"));
      for (const parameter of listOf(fields, "parameters"))
        checkType(checker, fieldsOf(parameter.fields, "argType"));
      checkType(checker, fieldsOf(fields, "returnType"));
      return;
    case "GrantStmt":
      checkGrant(checker, fields);
      return;
    case "CommentStmt":
      checkComment(checker, fields);
      return;
    case "AlterPublicationStmt":
      for (const { fields: object } of listOf(fields, "pubobjects")) {
        const table = fieldsOf(fieldsOf(object, "pubtable"), "relation");
        if (table["relname"] != null) tableScope(checker, table);
      }
      return;
    case "CompositeTypeStmt":
      for (const column of listOf(fields, "coldeflist"))
        checkType(checker, fieldsOf(column.fields, "typeName"));
      return;
    case "AlterEnumStmt": {
      const name = listName(fields, "typeName");
      if (!hasType(checker.schema, name) && isOurs(checker.schema, name))
        checker.tell({ kind: "type", name, location: null });
    }
  }
}

function checkWhole(checker: StatementChecker, query: unknown): void {
  const inner = Object.entries((query ?? {}) as SqlFields)[0];
  if (inner == null) return;
  checkQuery(checker, inner[0], inner[1] as SqlFields, null);
  checkCalls(checker, query);
}

function checkCreateTable(checker: StatementChecker, fields: SqlFields): void {
  const relation = fieldsOf(fields, "relation");
  const name = rangeName(relation);
  checkSchema(checker, name, relation["location"]);
  const scope = childScope(null);
  for (const parent of listOf(fields, "inhRelations"))
    addTable(checker.schema, scope, parent.fields, checker.tell);
  const elements = listOf(fields, "tableElts");
  const own = new Map(
    elements
      .filter(({ kind }) => kind === "ColumnDef")
      .map((one) => [text(one.fields, "colname"), readColumn(checker.schema, one.fields)] as const),
  );
  const isPlain = fields["ofTypename"] == null && !elements.some(({ kind }) => kind === "TableLikeClause");
  const inherited = listOf(fields, "inhRelations").length > 0;
  const columns: Columns = isPlain && !inherited ? own : null;
  for (const element of elements) {
    if (element.kind === "ColumnDef") {
      checkType(checker, fieldsOf(element.fields, "typeName"));
      for (const constraint of listOf(element.fields, "constraints")) {
        checkConstraint(checker, constraint, { name, columns, relation });
        if (text(constraint.fields, "contype") === "CONSTR_DEFAULT")
          checkLabel(
            checker,
            own.get(text(element.fields, "colname")) ?? null,
            constraint.fields["raw_expr"],
          );
      }
    } else if (element.kind === "Constraint") checkConstraint(checker, element, { name, columns, relation });
    else addTable(checker.schema, childScope(null), fieldsOf(element.fields, "relation"), checker.tell);
  }
}

function checkConstraint(checker: StatementChecker, { fields }: SqlNode, owner: Owner): void {
  const scope = childScope(null);
  scope.relations.push({ alias: owner.name.name, name: owner.name, columns: owner.columns });
  checkExpression(checker, fields["raw_expr"], scope);
  checkCalls(checker, fields["raw_expr"]);
  for (const list of ["keys", "fk_attrs"])
    checkNames(checker, strings(fields, list), owner, fields["location"]);
  const target = fieldsOf(fields, "pktable");
  if (target["relname"] == null) return;
  const targetName = rangeName(target);
  const isSelf =
    targetName.name === owner.name.name &&
    (targetName.schema ?? "public") === (owner.name.schema ?? "public");
  const columns = isSelf ? owner.columns : columnsOf(tableScope(checker, target));
  const found = { name: targetName, columns, relation: target };
  checkNames(checker, strings(fields, "pk_attrs"), found, target["location"]);
}

function checkIndex(checker: StatementChecker, fields: SqlFields): void {
  const relation = fieldsOf(fields, "relation");
  const scope = tableScope(checker, relation);
  const owner = { name: rangeName(relation), columns: columnsOf(scope), relation };
  for (const element of [...listOf(fields, "indexParams"), ...listOf(fields, "indexIncludingParams")]) {
    const name = text(element.fields, "name");
    if (name !== "") checkNames(checker, [name], owner, relation["location"]);
    checkExpression(checker, element.fields["expr"], scope);
  }
  checkExpression(checker, fields["whereClause"], scope);
  checkCalls(checker, [fields["indexParams"], fields["whereClause"]]);
}

const namesColumn =
  /^AT_(DropColumn|AlterColumnType|ColumnDefault|DropNotNull|SetNotNull|SetStatistics|SetStorage|DropIdentity|SetIdentity|AddIdentity|SetCompression|DropExpression)$/;

function checkAlterTable(checker: StatementChecker, fields: SqlFields): void {
  const relation = fieldsOf(fields, "relation");
  if (
    isTrue(fields, "missing_ok") ||
    !["OBJECT_TABLE", "OBJECT_VIEW", "OBJECT_MATVIEW"].includes(text(fields, "objtype"))
  )
    return;
  const scope = tableScope(checker, relation);
  const known = columnsOf(scope);
  const added = new Map(known ?? []);
  const owner = { name: rangeName(relation), columns: known == null ? null : added, relation };
  for (const { fields: command } of listOf(fields, "cmds")) {
    const definition = fieldsOf(command, "def");
    const column = fieldsOf(definition, "ColumnDef");
    if (text(command, "subtype") === "AT_AddColumn")
      added.set(text(column, "colname"), readColumn(checker.schema, column));
  }
  for (const { fields: command } of listOf(fields, "cmds")) {
    const subtype = text(command, "subtype");
    const definition = fieldsOf(command, "def");
    const column = fieldsOf(definition, "ColumnDef");
    if (column["typeName"] != null) checkType(checker, fieldsOf(column, "typeName"));
    for (const constraint of listOf(column, "constraints")) checkConstraint(checker, constraint, owner);
    if (definition["Constraint"] != null)
      checkConstraint(checker, { kind: "Constraint", fields: fieldsOf(definition, "Constraint") }, owner);
    if (namesColumn.test(subtype) && !isTrue(command, "missing_ok"))
      checkNames(checker, [text(command, "name")], owner, relation["location"]);
    if (subtype === "AT_ColumnDefault") {
      checkLabel(checker, added.get(text(command, "name")) ?? null, command["def"]);
      checkExpression(checker, command["def"], scope);
    }
  }
}
