import { existsSync } from "node:fs";
import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import pg from "pg";
import { findSystemPostgres, startSystemPostgres } from "../tests/support/system-postgres.ts";
import { listPgtapTables, renderPgtap } from "./isolation-pgtap.ts";
import { makeIsolationSchema } from "./isolation-schema.ts";
import { bee } from "./project.ts";
import { type Figure, median, type Result, round } from "./table.ts";

const sizes = [
  { tables: 10, goal: 300, rounds: 5 },
  { tables: 100, goal: 1_200, rounds: 3 },
  { tables: 1_000, goal: 8_000, rounds: 1 },
] as const;

/** What the tests and the schema need of Supabase. */
const platform = `create schema auth;
  create table auth.users (id uuid primary key, email text);
  create function auth.uid() returns uuid language sql stable as
    $$ select (nullif(current_setting('request.jwt.claims', true), '')::jsonb ->> 'sub')::uuid $$;
  grant usage on schema auth, public to anon, authenticated, service_role;
  alter role service_role bypassrls;`;

/** `bee verify rls`, the whole program, beside pgTAP tests of the same cells: in one file, and in a file per table. */
export async function benchIsolation(): Promise<Result> {
  const system = findSystemPostgres();
  if (system == null)
    throw new Error(
      "the bench needs a Postgres of the machine: apt-get install postgresql-15 postgresql-15-pgtap",
    );
  const server = await startSystemPostgres(system.bin);
  const dir = await mkdtemp(join(tmpdir(), "bee-bench-isolation-"));
  const hasPgtap = existsSync(`/usr/share/postgresql/${system.major}/extension/pgtap.control`);
  const figures: Figure[] = [];
  const samples: Record<string, number[]> = {};
  try {
    await query(server.url, platform);
    for (const { tables, goal, rounds } of sizes) {
      const url = new URL(server.url);
      url.pathname = `/app${tables}`;
      await query(server.url, `create database app${tables} template postgres`);
      if (hasPgtap) await query(url.href, "create extension pgtap");
      await query(url.href, makeIsolationSchema(tables));
      const own: number[] = [];
      const oneFile: number[] = [];
      const filePerTable: number[] = [];
      let roundTrips = 0;
      for (let turn = 0; turn < rounds; turn++) {
        const answer = await timed(() => runBee(url.href, dir));
        own.push(answer.ms);
        roundTrips = answer.value;
        if (!hasPgtap) continue;
        oneFile.push((await timed(() => runPgtap(url, [renderPgtap(listPgtapTables(tables))], dir))).ms);
        const files = listPgtapTables(tables).map((table) => renderPgtap([table]));
        filePerTable.push((await timed(() => runPgtap(url, files, dir))).ms);
      }
      samples[`bee ${tables}`] = own;
      figures.push(
        {
          what: `bee verify rls, ${tables} tables, the whole program`,
          measured: round(median(own)),
          unit: "ms",
          goal,
        },
        { what: `round trips, ${tables} tables`, measured: roundTrips, unit: "requests", goal: 8 },
      );
      if (!hasPgtap) continue;
      samples[`pgTAP ${tables} in one file`] = oneFile;
      samples[`pgTAP ${tables} in a file per table`] = filePerTable;
      figures.push(
        {
          what: `pgTAP, ${tables} tables, one file`,
          measured: round(median(oneFile)),
          unit: "ms",
          goal: null,
        },
        {
          what: `pgTAP, ${tables} tables, a file per table`,
          measured: round(median(filePerTable)),
          unit: "ms",
          goal: null,
        },
        {
          what: `bee : pgTAP in one file, ${tables} tables`,
          measured: round(median(own) / median(oneFile), 2),
          unit: "×",
          goal: 1,
        },
        {
          what: `bee : pgTAP in a file per table, ${tables} tables`,
          measured: round(median(own) / median(filePerTable), 2),
          unit: "×",
          goal: 0.17,
        },
      );
    }
    return { figures, samples };
  } finally {
    await server.stop();
    await rm(dir, { recursive: true, force: true });
  }
}

async function query(url: string, sql: string): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    await client.query(sql);
  } finally {
    await client.end();
  }
}

async function timed<T>(work: () => Promise<T>): Promise<{ readonly ms: number; readonly value: T }> {
  const started = performance.now();
  const value = await work();
  return { value, ms: performance.now() - started };
}

/** Answers its round trips; throws when it finds a flaw or leaves anything unproven. */
async function runBee(url: string, cwd: string): Promise<number> {
  const { stdout, exitCode } = await execa(
    process.execPath,
    [bee, "verify", "rls", "--db-url-env", "BENCH_URL", "--json", "--quiet"],
    { cwd, env: { BENCH_URL: url }, stdin: "ignore", reject: false },
  );
  if (exitCode !== 0) throw new Error(`bee ended with ${exitCode}: ${stdout.slice(0, 2_000)}`);
  const answer: unknown = JSON.parse(stdout);
  return (answer as { readonly roundTrips: number }).roundTrips;
}

/** pg_prove with a job per core; throws when an assertion fails. */
async function runPgtap(url: URL, files: readonly string[], dir: string): Promise<void> {
  const folder = await mkdtemp(join(dir, "t-"));
  await mkdir(folder, { recursive: true });
  const paths = await Promise.all(
    files.map(async (text, index) => {
      const path = join(folder, `${String(index).padStart(4, "0")}.sql`);
      await writeFile(path, text);
      return path;
    }),
  );
  const where = {
    PGHOST: url.hostname,
    PGPORT: url.port,
    PGUSER: url.username,
    PGPASSWORD: decodeURIComponent(url.password),
    PGDATABASE: url.pathname.slice(1),
  };
  const { exitCode, stdout } = await execa("pg_prove", ["-Q", "-j", "2", folder, "--ext", ".sql", "-r"], {
    env: where,
    stdin: "ignore",
    reject: false,
  });
  if (exitCode !== 0 || !stdout.includes("PASS"))
    throw new Error(`pg_prove ended with ${exitCode} on ${paths.length} files: ${stdout.slice(-2_000)}`);
  await rm(folder, { recursive: true, force: true });
}
