import type { SqlFields } from "../../../plan/sql-tree.ts";
import { fieldsOf, isTrue, listOf, strings, text } from "../../sql-node.ts";
import {
  checkExtension,
  checkFunction,
  checkNames,
  checkSchema,
  columnsOf,
  type StatementChecker,
  tableScope,
} from "./check-names.ts";
import { listName, type Name, partsName, rangeName, show } from "./names.ts";
import { findRelation, functionKey, isOurs, relationKey } from "./schema.ts";

export function checkTrigger(checker: StatementChecker, fields: SqlFields): void {
  const relation = fieldsOf(fields, "relation");
  const scope = tableScope(checker, relation);
  const owner = { name: rangeName(relation), columns: columnsOf(scope), relation };
  checkNames(checker, strings(fields, "columns"), owner, relation["location"]);
  const name = listName(fields, "funcname");
  const { schema } = checker;
  if (isOurs(schema, name) && !schema.functions.has(functionKey(schema, name)) && !isServerTrigger(name))
    checker.tell({ kind: "function", name, location: relation["location"] });
  checkExtension(checker, name, relation["location"]);
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
    } else if (kind === "OBJECT_FUNCTION") checkFunction(checker, object.fields);
    else if (kind === "OBJECT_SCHEMA")
      checkSchema(checker, { schema: text(object.fields, "sval"), name: "" });
  }
}

export function checkComment(checker: StatementChecker, fields: SqlFields): void {
  const kind = text(fields, "objtype");
  const object = fieldsOf(fields, "object");
  if (kind === "OBJECT_FUNCTION") {
    checkFunction(checker, fieldsOf(object, "ObjectWithArgs"));
    return;
  }
  const parts = strings(fieldsOf(object, "List"), "items");
  if (kind !== "OBJECT_TABLE" && kind !== "OBJECT_COLUMN") return;
  const names = kind === "OBJECT_TABLE" ? parts : parts.slice(0, -1);
  const table = { schemaname: names.at(-2) ?? "", relname: names.at(-1) ?? "", location: null };
  const owner = { name: rangeName(table), columns: columnsOf(tableScope(checker, table)), relation: table };
  if (kind === "OBJECT_COLUMN") checkNames(checker, parts.slice(-1), owner, null);
}

const relations: Readonly<Record<string, string>> = {
  TABLE: "table",
  VIEW: "view",
  MATVIEW: "view",
  SEQUENCE: "sequence",
  INDEX: "index",
};

/** DROP without IF EXISTS: what is not there cannot go. */
export function checkDrop(checker: StatementChecker, fields: SqlFields): void {
  if (isTrue(fields, "missing_ok")) return;
  const kind = text(fields, "removeType").replace("OBJECT_", "");
  for (const object of listOf(fields, "objects")) {
    if (kind === "FUNCTION" || kind === "PROCEDURE") checkFunction(checker, object.fields);
    if (object.kind !== "List") continue;
    const parts = strings(object.fields, "items");
    if (kind === "POLICY" || kind === "TRIGGER")
      checkOnTable(checker, kind.toLowerCase(), partsName(parts.slice(0, -1)), parts.at(-1) ?? "");
    const what = relations[kind];
    const name = partsName(parts);
    if (what == null || !isOurs(checker.schema, name) || findRelation(checker.schema, name) != null) continue;
    checker.tell({ kind: "object", what, shown: show(name), location: null });
  }
}

/** ALTER POLICY and the renaming of policies and triggers. */
export function checkAltered(checker: StatementChecker, fields: SqlFields): void {
  const kind = text(fields, "renameType").replace("OBJECT_", "");
  if (kind === "POLICY" || kind === "TRIGGER")
    checkOnTable(
      checker,
      kind.toLowerCase(),
      rangeName(fieldsOf(fields, "relation")),
      text(fields, "subname"),
    );
}

export function checkOnTable(
  { schema, tell }: StatementChecker,
  what: string,
  table: Name,
  name: string,
): void {
  const key = relationKey(schema, table);
  const known = what === "policy" ? schema.policies : schema.triggers;
  if (!isOurs(schema, table) || !schema.relations.has(key) || known.has(`${key}\0${name}`)) return;
  // Code that puts its SQL together may have made it.
  const words = name.toLowerCase().match(/[a-z_][a-z0-9_$]*/g) ?? [];
  if (words.length > 0 && words.every((word) => schema.uncertain.has(word))) return;
  tell({ kind: "object", what, shown: `${name} on ${key}`, location: null });
}
