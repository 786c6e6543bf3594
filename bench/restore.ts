import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import pg from "pg";
import { findSystemPostgres, startSystemPostgres } from "../tests/support/system-postgres.ts";
import { type BenchProject, startProject } from "./project.ts";
import { median, type Result, round } from "./table.ts";
import { time } from "./time.ts";

const rounds = 3;
const users = 1000;

/** `npm run bench restore 100000` for a smaller one. */
const events = Number(process.argv.find((arg) => /^\d+$/.test(arg)) ?? 5_000_000);

const fillUsers = `insert into auth.users (id) select md5(n::text)::uuid from generate_series(1, ${users}) n`;

const fillEvents = `
insert into public.engagement_events (id, user_id, occurred_at, event_type, value, idempotency_key)
select md5('event' || n)::uuid, md5((1 + n % ${users})::text)::uuid, now() - n * interval '1 second',
  (array['lesson_completion', 'journal_entry', 'app_session', 'coach_interaction'])[1 + n % 4],
  '{"minutes": 12, "source": "bench"}', n::text
from generate_series(1, ${events}) n`;

/** The same table on a server without the app. */
const peerSchema = `
create table public.engagement_events (
  id uuid primary key, user_id uuid not null, occurred_at timestamptz not null, event_type text not null,
  value jsonb not null, idempotency_key text not null, created_at timestamptz not null default now(),
  unique (user_id, idempotency_key)
);
create index on public.engagement_events (user_id, occurred_at) include (event_type)`;

/**
 * bee's restore of a whole local database, with its counting, its lock and its ledger, beside a plain copy of the
 * data folder and, where there is a Postgres on the machine, beside `pg_restore -j2` of the same rows.
 */
export async function benchRestore(): Promise<Result> {
  const project = await startProject();
  const peer = await startPeer();
  try {
    await project.bee("deploy", "phase1");
    await run(project.state.dbUrl, fillUsers, fillEvents);
    const backup = await takeBackup(project);
    const samples: Record<"bee" | "copy" | "pgRestore", number[]> = { bee: [], copy: [], pgRestore: [] };
    for (let i = 0; i < rounds; i++) {
      samples.copy.push(await copyDataFolder(project));
      samples.bee.push(await restore(project, backup));
      if (peer != null) samples.pgRestore.push(await peer.restore());
    }
    const [bee, copy] = [median(samples.bee), median(samples.copy)];
    const dump = samples.pgRestore.length > 0 ? median(samples.pgRestore) : null;
    const floor = dump == null ? copy : Math.min(copy, dump);
    return {
      samples,
      figures: [
        {
          what: `bee rollback database --restore, ${events} events`,
          measured: round(bee),
          unit: "ms",
          goal: null,
        },
        { what: "plain copy of the data folder", measured: round(copy), unit: "ms", goal: null },
        ...(dump == null
          ? []
          : [
              {
                what: "pg_restore -j2 of the same rows",
                measured: round(dump),
                unit: "ms",
                goal: null,
              } as const,
            ]),
        { what: "bee / plain copy", measured: round(bee / copy, 2), unit: "×", goal: null },
        ...(dump == null
          ? []
          : [
              {
                what: "bee / pg_restore -j2",
                measured: round(bee / dump, 2),
                unit: "×",
                goal: null,
              } as const,
            ]),
        { what: "bee / the faster of them", measured: round(bee / floor, 2), unit: "×", goal: 1.2 },
      ],
    };
  } finally {
    await peer?.stop();
    await project.end();
  }
}

async function run(url: string, ...statements: readonly string[]): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    for (const sql of statements) await client.query(sql);
  } finally {
    await client.end();
  }
}

async function takeBackup({ state }: BenchProject): Promise<string> {
  const path = `${state.managementUrl}/v1/projects/${state.projectRef}/database/backups`;
  const headers = { authorization: `Bearer ${state.accessToken}`, "content-type": "application/json" };
  const body = JSON.stringify({ name: "bench" });
  const taken = await fetch(`${path}/restore-point`, { method: "POST", headers, body });
  if (!taken.ok) throw new Error(`restore-point answered ${taken.status}: ${await taken.text()}`);
  const { backups } = (await (await fetch(path, { headers })).json()) as {
    readonly backups: readonly { readonly id: number }[];
  };
  return String(Math.max(...backups.map(({ id }) => id)));
}

async function restore({ bee }: BenchProject, backup: string): Promise<number> {
  const started = performance.now();
  await bee("rollback", "database", "--restore", "--backup", backup, "--lose", "writes");
  return performance.now() - started;
}

/** As files lie there; the server runs, so it is no usable copy, only the floor of what copying costs. */
async function copyDataFolder({ dir }: BenchProject): Promise<number> {
  const scratch = await mkdtemp(join(tmpdir(), "bee-bench-copy-"));
  try {
    return await time("cp", ["-a", join(dir, ".bee/local/data"), scratch]);
  } finally {
    await rm(scratch, { recursive: true, force: true });
  }
}

async function startPeer() {
  const found = findSystemPostgres();
  if (found == null) return null;
  const server = await startSystemPostgres(found.bin);
  const scratch = await mkdtemp(join(tmpdir(), "bee-bench-dump-"));
  const file = join(scratch, "events.dump");
  await run(server.url, peerSchema, fillEvents, "vacuum analyze public.engagement_events");
  const env = { PGPASSWORD: server.password };
  const where = ["--host=127.0.0.1", `--port=${server.port}`, "--username=postgres"];
  await time(join(found.bin, "pg_dump"), [...where, "--format=custom", `--file=${file}`, "postgres"], {
    env,
  });
  return {
    async restore(): Promise<number> {
      await run(server.url, "drop database if exists target", "create database target template template0");
      const args = [...where, "--no-owner", "-j2", "--dbname=target", file];
      return time(join(found.bin, "pg_restore"), args, { env });
    },
    async stop(): Promise<void> {
      await server.stop();
      await rm(scratch, { recursive: true, force: true });
    },
  };
}
