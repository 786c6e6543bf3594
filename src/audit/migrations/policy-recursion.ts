import type { Rule } from "../rule.ts";
import { fieldsOf, text, walk } from "../sql-node.ts";
import { hitAt } from "./hit.ts";
import { rangeName } from "./schema/names.ts";
import { relationKey, type Schema } from "./schema/schema.ts";
import { eachTree, type MigrationWorld, type PlacedTree } from "./world.ts";

export const policyRecursion: Rule<MigrationWorld> = {
  id: "policy-recursion",
  area: "migrations",
  severity: "error",
  title: "A policy for reading asks its own table",
  explanation:
    "To answer, the server asks the policy again: every query of the table fails with 42P17, infinite recursion detected in policy. The same goes round over the policies of several tables. Creating it succeeds, so that no deploy notices.",
  fix: "Ask by a function that is SECURITY DEFINER with a search_path of its own, in a schema that the API does not expose.",
  example: {
    bad: "create policy team on members for select to authenticated using (\n  exists (select 1 from members m where m.team = members.team and m.user_id = auth.uid()));",
    good: "create policy team on members for select to authenticated using (team in (select private.my_teams()));",
  },
  *check(world) {
    const policies = readPolicies(world);
    const asked = new Map<string, readonly string[]>();
    for (const { table, asks } of policies) asked.set(table, [...(asked.get(table) ?? []), ...asks]);
    for (const { placed, table, asks } of policies) {
      const way = findWay(asks, table, asked);
      if (way == null) continue;
      const over = way.slice(0, -1);
      yield hitAt(placed, {
        subject: text(placed.tree.fields, "policy_name"),
        detail: `${table} is asked while it is asked${over.length === 0 ? "" : `, over ${over.join(" and ")}`}`,
      });
    }
  },
};

/** A policy that is asked when rows are read. */
interface ReadPolicy {
  readonly placed: PlacedTree;
  readonly table: string;
  /** Tables of its subqueries. */
  readonly asks: readonly string[];
}

/** Of a name the last one, if it is still there. */
function readPolicies(world: MigrationWorld): readonly ReadPolicy[] {
  const { schema } = world.story;
  const last = new Map<string, ReadPolicy>();
  for (const placed of eachTree(world, "CreatePolicyStmt")) {
    const { fields } = placed.tree;
    const table = relationKey(schema, rangeName(fieldsOf(fields, "table")));
    const key = `${table}\0${text(fields, "policy_name")}`;
    if (schema.policies.has(key)) last.set(key, { placed, table, asks: tablesIn(schema, fields["qual"]) });
  }
  return [...last.values()].filter(({ placed }) =>
    /^(all|select)$/i.test(text(placed.tree.fields, "cmd_name")),
  );
}

function tablesIn(schema: Schema, expression: unknown): readonly string[] {
  const tables = new Set<string>();
  walk(expression, (kind, fields) => {
    if (kind === "RangeVar") tables.add(relationKey(schema, rangeName(fields)));
    return undefined;
  });
  return [...tables];
}

/** The tables on the way from what is asked to a table, which is the last of them; null when none leads there. */
function findWay(
  from: readonly string[],
  to: string,
  asked: ReadonlyMap<string, readonly string[]>,
): readonly string[] | null {
  const seen = new Set<string>();
  const ways = from.map((table) => [table]);
  for (let way = ways.shift(); way != null; way = ways.shift()) {
    const table = way.at(-1) ?? "";
    if (table === to) return way;
    if (seen.has(table)) continue;
    seen.add(table);
    for (const next of asked.get(table) ?? []) ways.push([...way, next]);
  }
  return null;
}
