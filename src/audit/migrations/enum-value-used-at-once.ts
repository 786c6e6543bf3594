import type { Rule } from "../rule.ts";
import { fieldsOf, text, walk } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { listName } from "./schema/names.ts";
import type { MigrationWorld } from "./world.ts";

export const enumValueUsedAtOnce: Rule<MigrationWorld> = {
  id: "enum-value-used-at-once",
  area: "migrations",
  severity: "error",
  title: "An enum value is used in the migration that adds it",
  explanation:
    "A value that ALTER TYPE … ADD VALUE adds cannot be used before its transaction ends, and a migration is one transaction.",
  fix: "Use the value in a later migration.",
  example: {
    bad: "alter type mood add value 'fine';\nupdate days set mood = 'fine' where mood is null;",
    good: "-- 20250106090000\nalter type mood add value 'fine';\n-- 20250106090100\nupdate days set mood = 'fine' where mood is null;",
  },
  *check({ migrations, story }) {
    for (const migration of migrations) {
      const added = new Set<string>();
      for (const tree of migration.parsed.trees) {
        const label = text(tree.fields, "newVal");
        if (tree.kind === "AlterEnumStmt") {
          const type = listName(tree.fields, "typeName");
          const bornHere =
            story.madeIn.get(`type ${type.schema ?? "public"}.${type.name}`) === migration.file.path;
          if (text(tree.fields, "oldVal") === "" && !bornHere) added.add(label);
          continue;
        }
        if (added.size === 0 || tree.kind === "CommentStmt" || tree.kind === "CreateFunctionStmt") continue;
        const used: { label: string; location: unknown }[] = [];
        walk(tree.fields, (kind, fields) => {
          const value = kind === "A_Const" ? fieldsOf(fields, "sval")["sval"] : null;
          if (typeof value === "string" && added.has(value))
            used.push({ label: value, location: fields["location"] });
          return undefined;
        });
        for (const { label: value, location } of used) {
          yield hitAt(
            { migration, tree },
            { subject: value, detail: `'${value}' was added in this migration and cannot be used in it` },
            location,
          );
        }
      }
    }
  },
};
