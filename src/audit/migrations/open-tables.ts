import { fieldsOf, roleNames, text } from "../sql-node.ts";
import type { Callers } from "./function-callers.ts";
import { asksSignInOnly, isAlwaysTrue, isRestrictive } from "./policy.ts";
import { rangeName } from "./schema/names.ts";
import { relationKey } from "./schema/schema.ts";
import { eachTree, type MigrationWorld } from "./world.ts";

export interface OpenTables {
  /** Whether a policy shows all its rows to whoever may call. */
  isOpen(table: string, callers: Callers): boolean;
}

/** Tables whose rows a policy, still there, shows to everybody, or to everybody who is signed in. */
export function readOpenTables(world: MigrationWorld): OpenTables {
  const { schema } = world.story;
  const toAll = new Set<string>();
  const toSignedIn = new Set<string>();
  for (const { tree } of eachTree(world, "CreatePolicyStmt")) {
    const { fields } = tree;
    const table = relationKey(schema, rangeName(fieldsOf(fields, "table")));
    const isThere = schema.policies.has(`${table}\0${text(fields, "policy_name")}`);
    if (!isThere || isRestrictive(fields) || !/^(all|select)$/.test(text(fields, "cmd_name"))) continue;
    const roles = roleNames(fields, "roles");
    const isForAll = roles.length === 0 || roles.some((role) => role === "public" || role === "anon");
    if (isAlwaysTrue(fields["qual"]) && isForAll) toAll.add(table);
    if (asksSignInOnly(fields["qual"]) && (isForAll || roles.includes("authenticated")))
      toSignedIn.add(table);
  }
  return {
    isOpen: (table, { sure }) =>
      toAll.has(table) || (toSignedIn.has(table) && !sure.has("public") && !sure.has("anon")),
  };
}
