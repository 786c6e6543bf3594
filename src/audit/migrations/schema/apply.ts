import type { SqlFields, SqlTree } from "../../../plan/sql-tree.ts";
import { fieldsOf, isTrue, listOf, open, strings, text } from "../../sql-node.ts";
import { checkQuery } from "./check-query.ts";
import { applyDrop } from "./drop.ts";
import { addExtension } from "./extension-functions.ts";
import { readArguments } from "./function-arguments.ts";
import { listName, type Name, rangeName } from "./names.ts";
import { renamed } from "./query-scope.ts";
import { readColumn } from "./read-column.ts";
import { applyRename, moveSchema } from "./rename.ts";
import {
  type Column,
  findRelation,
  functionKey,
  keyOf,
  type Relation,
  relationKey,
  type Schema,
  typeKey,
} from "./schema.ts";

/** What an object is made as, for messages about making it twice. */
export type Made = (
  kind: string,
  key: string,
  options: { readonly orReplace: boolean; readonly ifNotExists: boolean },
) => void;

const plain = { orReplace: false, ifNotExists: false };

/** Changes the schema as the statement does. `made` is told before something is made that may be there already. */
export function applyStatement(schema: Schema, tree: SqlTree, file: string, made: Made): void {
  const { fields } = tree;
  switch (tree.kind) {
    case "VariableSetStmt":
      if (text(fields, "name") === "search_path") schema.searchPath = readSearchPath(fields);
      return;
    case "CreateSchemaStmt":
      schema.schemas.add(text(fields, "schemaname"));
      return;
    case "CreateExtensionStmt":
      made("extension", text(fields, "extname"), { ...plain, ifNotExists: isTrue(fields, "if_not_exists") });
      addExtension(schema.extensions, text(fields, "extname"));
      return;
    case "CreateStmt":
    case "CreateForeignTableStmt":
      createTable(schema, tree.kind === "CreateStmt" ? fields : fieldsOf(fields, "base"), file, made);
      return;
    case "CreateTableAsStmt":
      createAs(schema, fields, file, made);
      return;
    case "ViewStmt":
      createView(schema, fields, file, made);
      return;
    case "CreateSeqStmt":
      put(schema, rangeName(fieldsOf(fields, "sequence")), { kind: "sequence", columns: null, file }, made, {
        ...plain,
        ifNotExists: isTrue(fields, "if_not_exists"),
      });
      return;
    case "IndexStmt":
      createIndex(schema, fields, file, made);
      return;
    case "CreateEnumStmt": {
      const key = newKey(schema, listName(fields, "typeName"));
      made("type", key, plain);
      schema.types.set(key, { labels: new Set(strings(fields, "vals")), file });
      return;
    }
    case "AlterEnumStmt":
      alterEnum(schema, fields);
      return;
    case "CompositeTypeStmt":
    case "CreateDomainStmt":
    case "CreateRangeStmt": {
      const name =
        tree.kind === "CompositeTypeStmt"
          ? rangeName(fieldsOf(fields, "typevar"))
          : listName(fields, tree.kind === "CreateDomainStmt" ? "domainname" : "typeName");
      made("type", newKey(schema, name), plain);
      schema.types.set(newKey(schema, name), null);
      return;
    }
    case "CreateFunctionStmt":
      createFunction(schema, tree, file, made);
      return;
    case "CreatePolicyStmt":
    case "CreateTrigStmt": {
      const isPolicy = tree.kind === "CreatePolicyStmt";
      const table = relationKey(schema, rangeName(fieldsOf(fields, isPolicy ? "table" : "relation")));
      const key = `${table}\0${text(fields, isPolicy ? "policy_name" : "trigname")}`;
      made(isPolicy ? "policy" : "trigger", key, { ...plain, orReplace: isTrue(fields, "replace") });
      (isPolicy ? schema.policies : schema.triggers).set(key, file);
      if (!isPolicy) {
        const run = functionKey(schema, listName(fields, "funcname"));
        addTo(schema.triggerTables, run, table);
        for (const transition of listOf(fields, "transitionRels"))
          addTo(schema.transitionTables, run, text(transition.fields, "name"));
      }
      return;
    }
    case "AlterTableStmt":
      alterTable(schema, fields);
      return;
    case "RenameStmt":
      applyRename(schema, fields);
      return;
    case "AlterObjectSchemaStmt":
      moveSchema(schema, fields);
      return;
    case "DropStmt":
      applyDrop(schema, fields);
      return;
    case "SelectStmt":
      if (fields["intoClause"] != null)
        createAs(schema, { into: fields["intoClause"], query: { SelectStmt: fields } }, file, made);
  }
}

function addTo(map: Map<string, Set<string>>, key: string, name: string): void {
  map.set(key, (map.get(key) ?? new Set()).add(name));
}

function readSearchPath(fields: SqlFields): readonly string[] {
  const names = listOf(fields, "args").map((arg) => text(fieldsOf(arg.fields, "sval"), "sval"));
  const path = names.flatMap((name) => name.split(",")).map((name) => name.trim());
  return path.length === 0 ? ["public"] : path;
}

function newKey(schema: Schema, name: Name): string {
  return keyOf(() => false, name, schema.searchPath);
}

function put(schema: Schema, name: Name, relation: Relation, made: Made, options: Parameters<Made>[2]): void {
  const key = newKey(schema, name);
  made(relation.kind, key, options);
  if (!options.orReplace && schema.relations.has(key)) return;
  schema.relations.set(key, relation);
}

function createTable(schema: Schema, fields: SqlFields, file: string, made: Made): void {
  const columns = new Map<string, Column>();
  let isOpen = fields["ofTypename"] != null;
  for (const parent of listOf(fields, "inhRelations")) {
    isOpen ||= !copyColumns(schema, rangeName(parent.fields), columns);
  }
  for (const element of listOf(fields, "tableElts")) {
    if (element.kind === "ColumnDef")
      columns.set(text(element.fields, "colname"), readColumn(schema, element.fields));
    if (element.kind === "TableLikeClause") {
      isOpen ||= !copyColumns(schema, rangeName(fieldsOf(element.fields, "relation")), columns);
    }
  }
  const name = rangeName(fieldsOf(fields, "relation"));
  put(schema, name, { kind: "table", columns: isOpen ? null : columns, file }, made, {
    orReplace: text(fieldsOf(fields, "relation"), "relpersistence") === "t",
    ifNotExists: isTrue(fields, "if_not_exists"),
  });
  for (const column of listOf(fields, "tableElts")) {
    const type = listName(fieldsOf(column.fields, "typeName"), "names").name;
    if (column.kind !== "ColumnDef" || !/serial/.test(type)) continue;
    const sequence = { schema: name.schema, name: `${name.name}_${text(column.fields, "colname")}_seq` };
    schema.relations.set(newKey(schema, sequence), { kind: "sequence", columns: null, file });
  }
}

function copyColumns(schema: Schema, name: Name, into: Map<string, Column>): boolean {
  const columns = findRelation(schema, name)?.columns;
  for (const [column, type] of columns ?? []) into.set(column, type);
  return columns != null;
}

function createAs(schema: Schema, fields: SqlFields, file: string, made: Made): void {
  const into = fieldsOf(fields, "into");
  const query = open(fields["query"]);
  const given = query == null ? null : checkQuery({ schema, tell: () => {} }, query.kind, query.fields, null);
  const columns = renamed(given, strings(into, "colNames"));
  const isView = text(fields, "objtype") === "OBJECT_MATVIEW";
  const relation: Relation = {
    kind: isView ? "view" : "table",
    columns: columns == null ? null : new Map(columns),
    file,
  };
  put(schema, rangeName(fieldsOf(into, "rel")), relation, made, {
    orReplace: text(fieldsOf(into, "rel"), "relpersistence") === "t",
    ifNotExists: isTrue(fields, "if_not_exists"),
  });
}

function createView(schema: Schema, fields: SqlFields, file: string, made: Made): void {
  const query = open(fields["query"]);
  const given = query == null ? null : checkQuery({ schema, tell: () => {} }, query.kind, query.fields, null);
  const columns = renamed(given, strings(fields, "aliases"));
  put(
    schema,
    rangeName(fieldsOf(fields, "view")),
    { kind: "view", columns: columns == null ? null : new Map(columns), file },
    made,
    {
      orReplace: isTrue(fields, "replace"),
      ifNotExists: false,
    },
  );
}

function createIndex(schema: Schema, fields: SqlFields, file: string, made: Made): void {
  const table = rangeName(fieldsOf(fields, "relation"));
  const name = text(fields, "idxname");
  if (name === "") return;
  const key = relationKey(schema, table);
  const own = { schema: key.slice(0, key.indexOf(".")), name };
  put(schema, own, { kind: "index", columns: null, file }, made, {
    orReplace: false,
    ifNotExists: isTrue(fields, "if_not_exists"),
  });
}

function alterEnum(schema: Schema, fields: SqlFields): void {
  const type = schema.types.get(typeKey(schema, listName(fields, "typeName")));
  if (type == null) return;
  const old = text(fields, "oldVal");
  if (old !== "") type.labels.delete(old);
  type.labels.add(text(fields, "newVal"));
}

function createFunction(schema: Schema, tree: SqlTree, file: string, made: Made): void {
  const { fields } = tree;
  const key = newKey(schema, listName(fields, "funcname"));
  made("function", key, { orReplace: true, ifNotExists: false });
  const overload = { ...readArguments(fields), file, tree };
  const others = (schema.functions.get(key) ?? []).filter(
    (one) => one.argumentTypes.join() !== overload.argumentTypes.join(),
  );
  schema.functions.set(key, [...others, overload]);
}

function alterTable(schema: Schema, fields: SqlFields): void {
  const relation = findRelation(schema, rangeName(fieldsOf(fields, "relation")));
  if (relation?.columns == null) return;
  for (const { fields: command } of listOf(fields, "cmds")) {
    const name = text(command, "name");
    const definition = fieldsOf(fieldsOf(command, "def"), "ColumnDef");
    if (text(command, "subtype") === "AT_AddColumn") {
      const column = text(definition, "colname");
      if (!relation.columns.has(column)) relation.columns.set(column, readColumn(schema, definition));
    }
    if (text(command, "subtype") === "AT_DropColumn") relation.columns.delete(name);
    if (text(command, "subtype") === "AT_AlterColumnType")
      relation.columns.set(name, readColumn(schema, definition));
  }
}
