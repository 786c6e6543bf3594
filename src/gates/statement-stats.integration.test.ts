import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import {
  findSystemPostgres,
  type SystemPostgres,
  startSystemPostgres,
} from "../../tests/support/system-postgres.ts";
import { withClient } from "../local/postgres/connect.ts";
import { boundStatement, diffStatements, nameStatement } from "../plan/load/statement-stats.ts";
import type { DatabaseReader } from "../ports/database.ts";
import { readStatementStats } from "./statement-stats.ts";

/** As the API does it: one transaction as `authenticated`. */
async function ask(client: pg.Client, sql: string, times: number): Promise<void> {
  for (let n = 0; n < times; n += 1) {
    await client.query("begin");
    await client.query("select set_config('role', 'authenticated', true)");
    await client.query(sql);
    await client.query("rollback");
  }
}

function reader(client: pg.Client): Pick<DatabaseReader, "query"> {
  return { query: async (sql, params) => (await client.query(sql, params == null ? [] : [...params])).rows };
}

async function measure(client: pg.Client) {
  const before = await readStatementStats(reader(client));
  await ask(client, "select pg_sleep(0.02), 'x' as marked", 3);
  await client.query("select 'mine' as not_the_apps");
  const after = await readStatementStats(reader(client));
  if (before.kind !== "read" || after.kind !== "read") throw new Error("nothing was read");
  return diffStatements(before, after);
}

describe("pg_stat_statements", () => {
  let postgres: TestPostgres;
  let database: TestDatabase;
  let client: pg.Client;

  beforeAll(async () => {
    postgres = await startTestPostgres();
    database = await postgres.createDatabase();
    client = new pg.Client({ connectionString: database.url });
    await client.connect();
  });
  afterAll(async () => {
    await client.end();
    await database.drop();
    await postgres.stop();
  });

  it("tells what the API's roles asked between two readings, and nothing of others", async () => {
    const { incomplete, entries } = await measure(client);
    expect(incomplete).toBe(false);
    expect(entries.map((entry) => [entry.role, nameStatement(entry), entry.calls, entry.rows])).toEqual([
      ["authenticated", "select pg_sleep($1), $2 as marked", 3, 3],
    ]);
    const { meanMs, p95AtMostMs } = boundStatement(entries[0]!);
    expect(meanMs).toBeGreaterThanOrEqual(20);
    expect(p95AtMostMs).toBeGreaterThanOrEqual(meanMs);
    const again = await measure(client);
    expect(again.entries.map(({ calls }) => calls)).toEqual([3]);
  });

  it("says when it is not there, and how to add it", async () => {
    await withClient(database.adminUrl, (admin) => admin.query("drop extension pg_stat_statements"));
    expect(await readStatementStats(reader(client))).toEqual({
      kind: "missing",
      why: expect.stringContaining("create extension pg_stat_statements"),
    });
  });
});

const system = findSystemPostgres();

describe.skipIf(system == null)("pg_stat_statements of another version of Postgres", () => {
  let postgres: SystemPostgres;
  let client: pg.Client;

  beforeAll(async () => {
    postgres = await startSystemPostgres(system?.bin ?? "");
    client = new pg.Client({ connectionString: postgres.url });
    await client.connect();
    await client.query(
      'create role authenticator noinherit; grant authenticated to authenticator; create schema "Odd one"; create extension pg_stat_statements schema "Odd one"',
    );
  });
  afterAll(async () => {
    await client.end();
    await postgres.stop();
  });

  it("is read alike, whatever its schema is called", async () => {
    expect((await measure(client)).entries.map(({ calls, role }) => [calls, role])).toEqual([
      [3, "authenticated"],
    ]);
  });
});
