import type { Rule } from "../rule.ts";
import { fieldsOf, isFields, listOf, strings, text } from "../sql-node.ts";
import { saysDefiner } from "./function-options.ts";
import { hitAt } from "./hit.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export const definerSearchPath: Rule<MigrationWorld> = {
  id: "definer-search-path",
  area: "migrations",
  severity: "error",
  title: "A SECURITY DEFINER function without a search_path of its own",
  explanation:
    "The function runs with its owner's rights but looks names up along the caller's search_path: a caller who can create objects, a temporary table is enough, decides which table or operator it uses.",
  fix: "Add set search_path = '' and qualify every name in the body.",
  example: {
    bad: "create function is_admin() returns boolean language sql security definer\n  as $$ select exists (select 1 from admins where id = auth.uid()) $$;",
    good: "create function is_admin() returns boolean language sql security definer set search_path = ''\n  as $$ select exists (select 1 from public.admins where id = auth.uid()) $$;",
  },
  *check(world) {
    for (const placed of eachTree(world, "CreateFunctionStmt")) {
      const options = listOf(placed.tree.fields, "options").map(({ fields }) => fields);
      const pinned = options.some(
        (option) =>
          text(option, "defname") === "set" &&
          text(fieldsOf(fieldsOf(option, "arg"), "VariableSetStmt"), "name") === "search_path",
      );
      const name = strings(placed.tree.fields, "funcname").join(".");
      if (saysDefiner(placed.tree.fields, "options") !== true || pinned || isPinnedLater(world, name))
        continue;
      yield hitAt(placed, {
        subject: name,
        detail: `${name}() is SECURITY DEFINER and uses the caller's search_path`,
      });
    }
  },
};

/** ALTER FUNCTION … SET search_path in the same set. */
function isPinnedLater(world: MigrationWorld, name: string): boolean {
  for (const { tree } of eachTree(world, "AlterFunctionStmt")) {
    if (strings(fieldsOf(tree.fields, "func"), "objname").join(".") !== name) continue;
    const sets = listOf(tree.fields, "actions").some(({ fields }) => {
      const arg = fields["arg"];
      return isFields(arg) && text(fieldsOf(arg, "VariableSetStmt"), "name") === "search_path";
    });
    if (sets) return true;
  }
  return false;
}
