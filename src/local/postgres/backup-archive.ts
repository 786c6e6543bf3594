import { execFile } from "node:child_process";
import { mkdir, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { promisify } from "node:util";
import type { ClientBase } from "pg";

/** What a copy must not hold, or holds empty (PostgreSQL 17 documentation, 25.3.4 "Backing Up the Data Directory"). */
const left = new Set(["postmaster.pid", "postmaster.opts", "backup_label", "tablespace_map", "pg_wal"]);
const leftEmpty = [
  "pg_replslot",
  "pg_dynshmem",
  "pg_notify",
  "pg_serial",
  "pg_snapshots",
  "pg_stat_tmp",
  "pg_subtrans",
];

/**
 * Writes a running server's data folder to `dir`: one archive, for a thousand small files would cost seconds on a
 * busy file system, and the label that makes it consistent. `client` is connected as supabase_admin.
 */
export async function packDataDir(
  client: ClientBase,
  dataDir: string,
  dir: string,
  name: string,
): Promise<Date> {
  const archive = join(dir, "data.tar");
  // Keeps the log from being recycled meanwhile; gone with the connection.
  await client.query("select pg_create_physical_replication_slot('bee_backup', true, true)");
  await client.query("select pg_backup_start($1, true)", [name]);
  const entries = (await readdir(dataDir)).filter((entry) => !left.has(entry) && !leftEmpty.includes(entry));
  await runTar(["-cf", archive, "-C", dataDir, ...entries]);
  const { rows } = await client.query<{ labelfile: string; last: string; now: Date }>(
    "select labelfile, pg_walfile_name(lsn) as last, now() from pg_backup_stop(false)",
  );
  const { labelfile, last, now } = rows[0]!;
  const first = /\(file ([0-9A-F]{24})\)/.exec(labelfile)?.[1] ?? last;
  const segments = (await readdir(join(dataDir, "pg_wal"))).filter(
    (file) => /^[0-9A-F]{24}$/.test(file) && file >= first && file <= last,
  );
  await runTar(["-rf", archive, "-C", dataDir, ...segments.map((segment) => `pg_wal/${segment}`)]);
  await writeFile(join(dir, "backup_label"), labelfile, { mode: 0o600 });
  return now;
}

/** Makes a data folder of it; Postgres brings it to a consistent state when it starts. */
export async function unpackDataDir(dir: string, dataDir: string): Promise<void> {
  await mkdir(dataDir, { mode: 0o700 });
  for (const name of ["pg_wal", ...leftEmpty]) await mkdir(join(dataDir, name), { mode: 0o700 });
  await runTar(["-xpf", join(dir, "data.tar"), "-C", dataDir]);
  await writeFile(join(dataDir, "backup_label"), await readFile(join(dir, "backup_label")), { mode: 0o600 });
}

/** Files change and vanish while the server runs; the log makes up for them. */
const harmless = /file changed as we read it|removed before we read it|Cannot stat: No such file|shrank by/;

async function runTar(args: readonly string[]): Promise<void> {
  try {
    await promisify(execFile)("tar", args, { env: { PATH: process.env["PATH"] ?? "", LC_ALL: "C" } });
  } catch (error) {
    const { stderr } = error as { stderr?: string };
    const complaints = (stderr ?? String(error))
      .split("\n")
      .filter((line) => line !== "" && !line.includes("Exiting with failure"));
    if (complaints.length === 0 || !complaints.every((line) => harmless.test(line))) throw error;
  }
}
