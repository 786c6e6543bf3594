import { type ClientBase, DatabaseError, type Pool } from "pg";
import type { ManagementDeps } from "./deps.ts";
import { type Lint, type LintFinding, renderLint } from "./lint.ts";
import { performanceLints } from "./performance-lints.ts";
import type { RouteTable } from "./router.ts";
import { securityLints } from "./security-lints.ts";

/** Lints of the hosted advisors that nothing here looks at; none of them is said to be clean. */
const notRun = {
  security: [
    "auth_users_exposed",
    "foreign_table_in_api",
    "auth_otp_long_expiry",
    "auth_otp_short_length",
    "ssl_not_enforced",
    "network_restrictions_not_set",
    "password_requirements_min_length",
    "pitr_not_enabled",
    "auth_leaked_password_protection",
    "auth_insufficient_mfa_options",
    "auth_password_policy_missing",
    "leaked_service_key",
    "no_backup_admin",
    "vulnerable_postgres_version",
  ],
  performance: ["unused_index", "unsupported_reg_types"],
} as const;

async function withReadOnly<T>(pool: Pool, use: (client: ClientBase) => Promise<T>): Promise<T> {
  const client = await pool.connect();
  try {
    await client.query("begin read only; set local search_path = ''; set local statement_timeout = '10s'");
    return await use(client);
  } finally {
    await client.query("rollback").catch(() => {});
    client.release();
  }
}

/** Runs each lint; one that fails in SQL is named among those not run. */
async function runLints(deps: ManagementDeps, lints: readonly Lint[], others: readonly string[]) {
  return withReadOnly(deps.postgres, async (client) => {
    const found: ReturnType<typeof renderLint>[] = [];
    const failed: string[] = [];
    for (const lint of lints) {
      await client.query("savepoint lint");
      try {
        const { rows } = await client.query<LintFinding>(`${lint.sql} order by 1, 2`);
        found.push(...rows.map((row) => renderLint(lint, row)));
      } catch (error) {
        if (!(error instanceof DatabaseError)) throw error;
        await client.query("rollback to savepoint lint");
        deps.log("error", `lint ${lint.name} failed`, { error: error.message });
        failed.push(lint.name);
      }
    }
    return {
      status: 200,
      body: {
        lints: found,
        lints_run: lints.map(({ name }) => name).filter((name) => !failed.includes(name)),
        lints_not_run: [...failed, ...others],
      },
    };
  });
}

/**
 * The database advisors, by SQL of our own. Beside `lints` the answer names which were run and which were not:
 * silence about a lint that was not run is no clean bill.
 */
export function advisorRoutes(deps: ManagementDeps): RouteTable {
  const path = "/v1/projects/{ref}/advisors";
  return {
    [`GET ${path}/security`]: () => runLints(deps, securityLints, notRun.security),
    [`GET ${path}/performance`]: () => runLints(deps, performanceLints, notRun.performance),
  };
}
