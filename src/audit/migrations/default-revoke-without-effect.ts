import type { Rule } from "../rule.ts";
import { fieldsOf, isTrue, listOf, text } from "../sql-node.ts";
import { schemasOf } from "./function-callers.ts";
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
    for (const placed of eachTree(world, "AlterDefaultPrivilegesStmt")) {
      const { fields } = placed.tree;
      const action = fieldsOf(fields, "action");
      if (isTrue(action, "is_grant") || text(action, "objtype") !== "OBJECT_FUNCTION") continue;
      const schemas = schemasOf(fields);
      const isPublic = listOf(action, "grantees").some(
        (one) => text(one.fields, "roletype") === "ROLESPEC_PUBLIC",
      );
      if (schemas == null || !isPublic) continue;
      yield hitAt(placed, {
        subject: schemas.join(", "),
        detail: `everybody may still execute the functions that are made in ${schemas.join(" and ")}`,
      });
    }
  },
};
