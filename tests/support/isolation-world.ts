import pg from "pg";
import type { Finding } from "../../src/core/verdict.ts";
import type { IsolationReport } from "../../src/plan/access/judge-isolation.ts";
import type { TestDatabase, TestPostgres } from "./postgres.ts";

/** A database in which new objects are open to the API's roles, as projects made before autumn 2026 have it. */
export async function openSchema(server: TestPostgres, sql: string): Promise<TestDatabase> {
  const database = await server.createDatabase();
  const client = new pg.Client({ connectionString: database.url });
  await client.connect();
  try {
    for (const kind of ["tables", "functions", "sequences"])
      await client.query(
        `alter default privileges in schema public grant all on ${kind} to anon, authenticated, service_role`,
      );
    await client.query(sql);
    return database;
  } finally {
    await client.end();
  }
}

/** Keys of the findings that block. */
export function errorsOf(report: IsolationReport): readonly string[] {
  return report.findings.filter(isError).map(({ key }) => key);
}

function isError({ severity }: Finding): boolean {
  return severity === "error";
}
