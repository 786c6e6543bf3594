import * as z from "zod";
import type { ManagementDeps } from "./deps.ts";
import { createLoginRole, deleteLoginRoles } from "./login-role.ts";
import { readJson } from "./request-body.ts";
import type { RouteTable } from "./router.ts";
import { runSqlQuery } from "./sql-query.ts";

const queryBody = z.object({
  query: z.string().min(1),
  parameters: z.array(z.unknown()).optional(),
  read_only: z.boolean().optional(),
});
const loginBody = z.object({ read_only: z.boolean() });

/** Schemas of the databases a caller can connect to, without those of Postgres itself. */
const contextSql = `
  select current_database() as name,
    coalesce(json_agg(json_build_object('name', nspname) order by nspname), '[]') as schemas
  from pg_namespace where nspname !~ '^pg_' and nspname <> 'information_schema'`;

/** SQL on the database, its migration history and temporary logins for the CLI. */
export function databaseRoutes(deps: ManagementDeps): RouteTable {
  const path = "/v1/projects/{ref}/database";
  const runQuery = (sql: string, parameters: readonly unknown[], readOnly: boolean) =>
    runSqlQuery(deps.postgres, { sql, parameters, readOnly });
  return {
    [`POST ${path}/query`]: async ({ request }) => {
      const { query, parameters, read_only } = readJson(request, queryBody);
      return { status: 201, body: await runQuery(query, parameters ?? [], read_only ?? false) };
    },
    [`POST ${path}/query/read-only`]: async ({ request }) => {
      const { query, parameters } = readJson(request, queryBody);
      return { status: 201, body: await runQuery(query, parameters ?? [], true) };
    },
    [`GET ${path}/context`]: async () => {
      const { rows } = await deps.postgres.query(contextSql);
      return { status: 200, body: { databases: rows } };
    },
    [`GET ${path}/migrations`]: async () => {
      const { rows } = await deps.postgres.query<{ exists: boolean }>(
        "select to_regclass('supabase_migrations.schema_migrations') is not null as exists",
      );
      if (!rows[0]?.exists) return { status: 200, body: [] };
      const history = await deps.postgres.query(
        "select version, coalesce(name, '') as name from supabase_migrations.schema_migrations order by version",
      );
      return { status: 200, body: history.rows };
    },
    "POST /v1/projects/{ref}/cli/login-role": async ({ request }) => {
      const { read_only } = readJson(request, loginBody);
      return { status: 201, body: await createLoginRole(deps.superuser, read_only, deps.now()) };
    },
    "DELETE /v1/projects/{ref}/cli/login-role": async () => {
      await deleteLoginRoles(deps.superuser);
      return { status: 200, body: { message: "ok" } };
    },
  };
}
