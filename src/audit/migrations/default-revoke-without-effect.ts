import type { SqlFields } from "../../plan/sql-tree.ts";
import type { Rule } from "../rule.ts";
import { fieldsOf, isTrue, roleNames, text } from "../sql-node.ts";
import { optionOf } from "./function-callers.ts";
import { hitAt } from "./hit.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

/** supabase/supabase#49338; PostgreSQL's manual, ALTER DEFAULT PRIVILEGES, on privileges of a schema being added to the global ones. */
export const defaultRevokeWithoutEffect: Rule<MigrationWorld> = {
  id: "default-revoke-without-effect",
  area: "migrations",
  severity: "warning",
  title: "A default privilege is taken from PUBLIC within a schema, which changes nothing",
  explanation:
    "Default privileges of a schema only add to the global ones. That everybody may execute a new function is a global default: taken back IN SCHEMA, the statement succeeds and the next function is as open as before.",
  fix: "Leave IN SCHEMA out: alter default privileges revoke execute on functions from public; and grant each function that is to be called.",
  example: {
    bad: "alter default privileges in schema public revoke execute on functions from public;",
    good: "alter default privileges revoke execute on functions from public;\nalter default privileges in schema public revoke execute on functions from anon, authenticated;",
  },
  *check(world) {
    const placed = eachTree(world, "AlterDefaultPrivilegesStmt").filter(({ tree }) =>
      takesFromPublic(fieldsOf(tree.fields, "action")),
    );
    // Said for all schemas as well, it has its effect.
    if (placed.some(({ tree }) => optionOf(tree.fields, "schemas") == null)) return;
    for (const one of placed) {
      const schemas = (optionOf(one.tree.fields, "schemas") ?? []).join(" and ");
      yield hitAt(one, {
        subject: schemas,
        detail: `functions that are made in ${schemas} are granted to PUBLIC as before`,
      });
    }
  },
};

function takesFromPublic(action: SqlFields): boolean {
  return (
    !isTrue(action, "is_grant") &&
    text(action, "objtype") === "OBJECT_FUNCTION" &&
    roleNames(action, "grantees").includes("public")
  );
}
