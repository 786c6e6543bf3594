import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { Secret } from "../../src/core/secret.ts";
import type { Finding } from "../../src/core/verdict.ts";
import { readAccessFindings } from "../../src/gates/access-sound.ts";
import { connectDatabase } from "../../src/supabase/database.ts";
import { createDatabaseReader } from "../../src/supabase/database-reader.ts";
import { type AccessCase, isFoundByLint, readAccessCorpus } from "../support/access-corpus.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres.ts";

const flawed = readAccessCorpus("flawed");
const sound = readAccessCorpus("sound");

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
  // A hundred databases are made and dropped here; what a power cut would do to them does not matter.
  await run(postgres.adminUrl, "alter system set fsync = off");
  await run(postgres.adminUrl, "select pg_reload_conf()");
  // Hosted lets `postgres` write policies on storage.objects by an extension of its own.
  await run(postgres.adminUrl, "grant supabase_storage_admin to postgres");
});
afterAll(() => postgres.stop());

async function run(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

/** In a database of its own, with the schema applied as its migrations would be. */
async function inSchema<T>({ sql }: AccessCase, work: (url: string) => Promise<T>): Promise<T> {
  const made = await postgres.createDatabase();
  try {
    await run(made.url, sql);
    return await work(made.url);
  } finally {
    await made.drop();
  }
}

async function lint(url: string, { declaredPublic }: AccessCase): Promise<readonly Finding[]> {
  const database = connectDatabase({ url: new Secret(url) });
  try {
    const { query } = createDatabaseReader(database);
    return (await readAccessFindings(query, ["public"], declaredPublic)).findings;
  } finally {
    await database.close();
  }
}

const say = ({ rule, severity, subject }: Finding) => `${severity} ${rule} ${subject}`;

it("holds enough of both", () => {
  expect(flawed.length).toBeGreaterThanOrEqual(45);
  expect(sound.length).toBeGreaterThanOrEqual(22);
  expect(flawed.filter(({ flaws }) => flaws.length === 0)).toEqual([]);
  expect(sound.filter(({ flaws }) => flaws.length > 0)).toEqual([]);
});

describe("flawed", () => {
  it.each(flawed.map((entry) => [entry.name, entry] as const))("%s", async (_, entry) => {
    const findings = await inSchema(entry, (url) => lint(url, entry));
    const missed = entry.flaws.filter((flaw) => flaw.foundBy !== "probe" && !isFoundByLint(flaw, findings));
    expect({ missed, found: findings.map(say) }).toMatchObject({ missed: [] });
  });
});

describe("sound", () => {
  it.each(sound.map((entry) => [entry.name, entry] as const))("%s", async (_, entry) => {
    const findings = await inSchema(entry, (url) => lint(url, entry));
    expect(findings.filter(({ severity }) => severity !== "info").map(say)).toEqual([]);
  });
});
