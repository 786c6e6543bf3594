import { defineGate } from "../ports/gate.ts";
import { finding } from "./finding.ts";
import sql from "./sql/0001_rls_enabled.sql";

interface Relation {
  readonly relation: string;
  readonly kind: string;
  readonly protected: boolean;
}

/** Row level security is on for every table and partition the API exposes (plan step 1.3 lists three of them). */
export const rlsEnabled = defineGate({
  id: "rls-enabled",
  title: "Row level security is on for every exposed table",
  readOnly: true,
  after: ["migrations.apply"],
  needs: ["database"],
  check: async ({ ports, facts }) => {
    const relations = await ports.database.query<Relation>(sql, [facts.exposedSchemas]);
    const open = relations.filter((relation) => !relation.protected);
    if (open.length === 0) return { kind: "pass", evidence: { relations: relations.length } };
    return {
      kind: "fail",
      findings: open.map(({ relation, kind }) =>
        finding(
          "rls-enabled",
          relation,
          `${kind} ${relation} is exposed without row level security`,
          kind === "view"
            ? `alter view ${relation} set (security_invoker = true);`
            : `alter table ${relation} enable row level security;`,
        ),
      ),
    };
  },
});
