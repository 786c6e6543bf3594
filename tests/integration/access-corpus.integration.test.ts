import pg from "pg";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Finding } from "../../src/core/verdict.ts";
import { readAccessFindings } from "../../src/gates/access-sound.ts";
import type { Unverified } from "../../src/plan/access/judge-isolation.ts";
import type { Query } from "../../src/ports/database.ts";
import {
  type AccessCase,
  type Flaw,
  isFoundByLint,
  isFoundByProbe,
  readAccessCorpus,
} from "../support/access-corpus.ts";
import { proveIsolation } from "../support/isolation.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres.ts";

const flawed = readAccessCorpus("flawed");
const sound = readAccessCorpus("sound");

let postgres: TestPostgres;
beforeAll(async () => {
  postgres = await startTestPostgres();
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

interface Found {
  readonly lints: readonly Finding[];
  readonly probes: readonly Finding[];
  readonly unverified: readonly Unverified[];
}

/** As `bee verify rls` does it; the two kinds kept apart. */
async function verify(url: string, { declaredPublic, exposed }: AccessCase): Promise<Found> {
  let lints: readonly Finding[] = [];
  const settings = { owners: {}, tenants: {}, public: declaredPublic };
  const also = async (query: Query): Promise<readonly Finding[]> => {
    lints = (await readAccessFindings(query, exposed, declaredPublic)).findings;
    return [];
  };
  const { findings: probes, unverified } = await proveIsolation(url, { schemas: exposed, settings, also });
  return { lints, probes, unverified };
}

const say = ({ rule, severity, key }: Finding) =>
  `${severity} ${key.startsWith(rule) ? key : `${rule} ${key}`}`;

it("holds enough of both", () => {
  expect(flawed.length).toBeGreaterThanOrEqual(45);
  expect(sound.length).toBeGreaterThanOrEqual(22);
  expect(flawed.filter(({ flaws }) => flaws.length === 0)).toEqual([]);
  expect(sound.filter(({ flaws }) => flaws.length > 0)).toEqual([]);
});

describe.concurrent("flawed", () => {
  it.each(flawed.map((entry) => [entry.name, entry] as const))("%s", async (_, entry) => {
    const { lints, probes } = await inSchema(entry, (url) => verify(url, entry));
    const isFound = (flaw: Flaw): boolean =>
      (flaw.foundBy !== "probe" && isFoundByLint(flaw, lints)) ||
      (flaw.foundBy !== "lint" && isFoundByProbe(flaw, probes));
    const missed = entry.flaws.filter((flaw) => !isFound(flaw));
    expect(missed, [...lints, ...probes].map(say).join("\n")).toEqual([]);
  });
});

describe.concurrent("sound", () => {
  it.each(sound.map((entry) => [entry.name, entry] as const))("%s", async (_, entry) => {
    const { lints, probes, unverified } = await inSchema(entry, (url) => verify(url, entry));
    // A proof that could not have failed is none.
    expect(unverified).toEqual([]);
    expect([...lints, ...probes].filter(({ severity }) => severity !== "info").map(say)).toEqual([]);
  });
});
