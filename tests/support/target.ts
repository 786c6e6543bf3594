import { Secret } from "../../src/core/secret.ts";
import type { MigrationFile } from "../../src/plan/migration-file.ts";
import { isFinding, parseMigration } from "../../src/plan/parse-migration.ts";
import type { Lease } from "../../src/ports/deploy-lock.ts";
import { connectDatabase, type Database } from "../../src/supabase/database.ts";
import { createDeployLock } from "../../src/supabase/deploy-lock.ts";

/** A migration as it is read from disk. */
export function migration(version: string, name: string, sql: string): MigrationFile {
  const parsed = parseMigration(`supabase/migrations/${version}_${name}.sql`, Buffer.from(sql));
  if (isFinding(parsed)) throw new Error(parsed.detail);
  return parsed;
}

export function openDatabase(url: string, applicationName = "bee-test"): Database {
  return connectDatabase({ url: new Secret(url), applicationName });
}

export async function takeLock(database: Database, holder = "test", ttlMs = 60_000): Promise<Lease> {
  const answer = await createDeployLock(database).acquire({ holder, message: "a test", ttlMs });
  if ("heldBy" in answer) throw new Error(`held by ${answer.heldBy.holder}`);
  return answer.lease;
}

/** The error `work` fails with; fails itself when `work` succeeds. */
export async function failureOf(work: Promise<unknown>): Promise<unknown> {
  return work.then(
    (value) => {
      throw new Error(`succeeded with ${JSON.stringify(value)}`);
    },
    (error: unknown) => error,
  );
}
