import type { Finding } from "../core/verdict.ts";
import type { AttemptOutcome, Rehearsal } from "../ports/database.ts";
import { defineGate, type ProbeRow } from "../ports/gate.ts";
import { finding } from "./finding.ts";
import { assembleIntrusions, assembleSeed, type OwnedTable, type Persona } from "./intrusions.ts";
import ownedTablesSql from "./sql/0002_owned_tables.sql";

/**
 * Two real users, rows of both in every table that has an owner, then each way in from the other user and from
 * nobody: read, change, delete, add in their name, hand over. In one transaction that is rolled back.
 * The three shapes of denial count as denial: no grant, WITH CHECK, and USING (0 rows).
 */
export const usersIsolated = defineGate({
  id: "users-isolated",
  title: "No user reaches another user's rows",
  readOnly: false,
  after: ["migrations.apply"],
  needs: ["database", "users"],
  check: async ({ ports, facts }) => {
    const tables = await ports.database.query<OwnedTable>(ownedTablesSql, [facts.exposedSchemas]);
    if (tables.length === 0) return { kind: "not-applicable", reason: "no exposed table has an owner" };
    const [intruder, victim] = await Promise.all([ports.users.get("a"), ports.users.get("b")]);
    const outcome = await ports.database.rehearse(async (rehearsal) => {
      const unseeded = await seed(rehearsal, tables, facts.probeRows, [intruder.userId, victim.userId]);
      const trials = tables
        .filter((table) => !unseeded.has(table))
        .flatMap((table) =>
          personas(intruder.userId).flatMap((persona) =>
            assembleIntrusions(table, intruder.userId, victim.userId).map((intrusion) => ({
              table,
              persona,
              ...intrusion,
            })),
          ),
        );
      const answers = await rehearsal.attemptAs(
        trials.map(({ persona, statement }) => ({
          role: persona.role,
          claims: persona.claims,
          sql: statement,
        })),
      );
      const findings = trials.flatMap(({ table, persona, verb, statement }, index): readonly Finding[] => {
        const problem = judgeAnswer(answers[index]);
        return problem == null ? [] : [describe(table, persona, verb, problem, statement)];
      });
      return { unseeded, findings, attempts: trials.length };
    });
    if (outcome.findings.length > 0) return { kind: "fail", findings: outcome.findings };
    if (outcome.unseeded.size > 0) {
      const named = [...outcome.unseeded].map(([table, why]) => `${table.schema}.${table.table} (${why})`);
      return {
        kind: "inconclusive",
        reason: `no rows to try with, so not verified: ${named.join("; ")}; add them to probe.rows in bee.config.yaml`,
      };
    }
    return {
      kind: "pass",
      evidence: { tables: tables.map(({ table }) => table), attempts: outcome.attempts },
    };
  },
});

function personas(intruder: string): readonly Persona[] {
  return [
    { name: "another user", role: "authenticated", claims: { sub: intruder, role: "authenticated" } },
    { name: "nobody", role: "anon", claims: { role: "anon" } },
  ];
}

async function seed(
  rehearsal: Rehearsal,
  tables: readonly OwnedTable[],
  rows: readonly ProbeRow[],
  users: readonly string[],
): Promise<ReadonlyMap<OwnedTable, string>> {
  const unseeded = new Map<OwnedTable, string>();
  const owned = (name: string): OwnedTable | undefined =>
    tables.find(({ schema, table }) => `${schema}.${table}` === name || table === name);
  for (const { table, values } of rows.filter((row) => owned(row.table) == null)) {
    await rehearsal.query(assembleSeed(table, values));
  }
  for (const table of tables) {
    const template = rows.find((row) => owned(row.table) === table)?.values ?? {};
    for (const user of users) {
      const sql = assembleSeed(`${table.schema}.${table.table}`, { ...template, [table.owner]: user }, user);
      // First in a savepoint: a row that is refused must not end the transaction.
      const trial = await rehearsal.attempt(sql);
      if ("sqlstate" in trial) unseeded.set(table, trial.message);
      else await rehearsal.query(sql);
    }
  }
  return unseeded;
}

function judgeAnswer(answer: AttemptOutcome | undefined): string | null {
  if (answer == null) throw new Error("the database left an attempt unanswered");
  if ("rows" in answer) return answer.rows === 0 ? null : `reached ${answer.rows} rows`;
  return answer.sqlstate === "42501"
    ? null
    : `was let through and failed only on ${answer.sqlstate} ${answer.message}`;
}

function describe(
  table: OwnedTable,
  persona: Persona,
  verb: string,
  problem: string,
  statement: string,
): Finding {
  const name = `${table.schema}.${table.table}`;
  return finding(
    "users-isolated",
    `${name}:${persona.role}:${verb}`,
    `${name}: ${verb} as ${persona.name} ${problem}; tried: ${statement}`,
    `Policies on ${name} must compare ${table.owner} with (select auth.uid()), in USING and in WITH CHECK, TO authenticated.`,
  );
}
