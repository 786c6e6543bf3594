import type { Rule } from "../rule.ts";
import { fieldsOf, listOf, strings, text } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { listName, partsName, rangeName, show } from "./schema/names.ts";
import { relationKey } from "./schema/schema.ts";
import type { MigrationWorld } from "./world.ts";

export const createdAndDropped: Rule<MigrationWorld> = {
  id: "created-and-dropped",
  area: "migrations",
  severity: "warning",
  title: "Something is made and dropped in the same migration",
  explanation: "It is left over from an edit: either it should stay, or both statements can go.",
  fix: "Remove both statements.",
  example: { bad: "create table scratch (id int);\ndrop table scratch;", good: "-- nothing" },
  *check({ migrations, story }) {
    for (const migration of migrations) {
      const made = new Set<string>();
      for (const tree of migration.parsed.trees) {
        const { kind, fields } = tree;
        if (kind === "CreateStmt" && text(fieldsOf(fields, "relation"), "relpersistence") !== "t")
          made.add(relationKey(story.schema, rangeName(fieldsOf(fields, "relation"))));
        if (kind === "ViewStmt") made.add(relationKey(story.schema, rangeName(fieldsOf(fields, "view"))));
        if (kind === "CreateFunctionStmt") made.add(`${show(listName(fields, "funcname"))}()`);
        if (kind !== "DropStmt") continue;
        for (const { kind: shape, fields: object } of listOf(fields, "objects")) {
          const isFunction = shape === "ObjectWithArgs";
          const name = isFunction
            ? `${show(listName(object, "objname"))}()`
            : relationKey(story.schema, partsName(strings(object, "items")));
          if (made.has(name))
            yield hitAt(
              { migration, tree },
              { subject: name, detail: `${name} is made above and dropped here` },
            );
        }
      }
    }
  },
};
