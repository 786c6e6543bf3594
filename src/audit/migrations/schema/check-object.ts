import type { SqlFields } from "../../../plan/sql-tree.ts";
import { fieldsOf, listOf, strings, text } from "../../sql-node.ts";
import {
  checkFunction,
  checkNames,
  checkSchema,
  columnsOf,
  type StatementChecker,
  tableScope,
} from "./check-names.ts";
import { listName, type Name, rangeName } from "./names.ts";
import { functionKey, isOurs } from "./schema.ts";

export function checkTrigger(checker: StatementChecker, fields: SqlFields): void {
  const relation = fieldsOf(fields, "relation");
  const scope = tableScope(checker, relation);
  const owner = { name: rangeName(relation), columns: columnsOf(scope), relation };
  checkNames(checker, strings(fields, "columns"), owner, relation["location"]);
  const name = listName(fields, "funcname");
  const { schema } = checker;
  if (isOurs(schema, name) && !schema.functions.has(functionKey(schema, name)) && !isServerTrigger(name))
    checker.tell({ kind: "function", name, location: relation["location"] });
}

/** Trigger functions that come with the server and its extensions. */
function isServerTrigger({ name }: Name): boolean {
  return /^(moddatetime|tsvector_update_trigger(_column)?|suppress_redundant_updates_trigger|autoinc|insert_username|check_(primary|foreign)_key|lo_manage|http_request)$/.test(
    name,
  );
}

export function checkGrant(checker: StatementChecker, fields: SqlFields): void {
  if (text(fields, "targtype") !== "ACL_TARGET_OBJECT") return;
  const kind = text(fields, "objtype");
  for (const object of listOf(fields, "objects")) {
    if (kind === "OBJECT_TABLE" && object.kind === "RangeVar") {
      const owner = {
        name: rangeName(object.fields),
        columns: columnsOf(tableScope(checker, object.fields)),
        relation: object.fields,
      };
      for (const privilege of listOf(fields, "privileges"))
        checkNames(checker, strings(privilege.fields, "cols"), owner, object.fields["location"]);
    } else if (kind === "OBJECT_FUNCTION") checkFunction(checker, listName(object.fields, "objname"));
    else if (kind === "OBJECT_SCHEMA")
      checkSchema(checker, { schema: text(object.fields, "sval"), name: "" });
  }
}

export function checkComment(checker: StatementChecker, fields: SqlFields): void {
  const kind = text(fields, "objtype");
  const object = fieldsOf(fields, "object");
  if (kind === "OBJECT_FUNCTION") {
    checkFunction(checker, listName(fieldsOf(object, "ObjectWithArgs"), "objname"));
    return;
  }
  const parts = strings(fieldsOf(object, "List"), "items");
  if (kind !== "OBJECT_TABLE" && kind !== "OBJECT_COLUMN") return;
  const names = kind === "OBJECT_TABLE" ? parts : parts.slice(0, -1);
  const table = { schemaname: names.at(-2) ?? "", relname: names.at(-1) ?? "", location: null };
  const owner = { name: rangeName(table), columns: columnsOf(tableScope(checker, table)), relation: table };
  if (kind === "OBJECT_COLUMN") checkNames(checker, parts.slice(-1), owner, null);
}
