import { BeeError } from "../core/bee-error.ts";
import type { MigrationFile } from "../plan/migration-file.ts";
import { leadingWords } from "../plan/sql-class.ts";
import { type Shadow, type ShadowDatabase, ShadowRefusal } from "../ports/shadow-database.ts";

export interface SetRemark {
  readonly rule: "migration-fails" | "migration-not-repeatable" | "migration-unproven";
  readonly file: string;
  /** From 1. */
  readonly line: number | null;
  readonly detail: string;
}

export interface SetProof {
  /** Files that the server took. */
  readonly applied: number;
  readonly remarks: readonly SetRemark[];
}

export interface ProofHow {
  /** Apply the later files too when one fails. */
  readonly keepGoing: boolean;
  readonly signal: AbortSignal;
  /** For one file on an empty database, in milliseconds. */
  readonly patienceMs?: number;
}

/**
 * Applies a set, oldest first, to an empty scratch database; each file that claims to be repeatable twice. Stops at
 * the first refusal unless told to keep going, and at a file that does not come to an end. Throws what the signal says.
 */
export async function proveMigrations(
  shadowDatabase: ShadowDatabase,
  files: readonly MigrationFile[],
  { keepGoing, signal, patienceMs = 120_000 }: ProofHow,
): Promise<SetProof> {
  const first = files[0];
  if (first == null) return { applied: 0, remarks: [] };
  const shadow = await shadowDatabase.open().catch((error: unknown) => {
    if (error instanceof BeeError) return error;
    throw error;
  });
  if (shadow instanceof BeeError) {
    return {
      applied: 0,
      remarks: [{ rule: "migration-unproven", file: first.path, line: null, detail: shadow.message }],
    };
  }
  const remarks: SetRemark[] = [];
  let applied = 0;
  const watch = watchOver(shadow, signal);
  const apply = (file: MigrationFile): Promise<ShadowRefusal | "endless" | null> =>
    refusalOf(() => watch.within(patienceMs, shadow.apply(file)));
  try {
    for (const file of files) {
      const refusal = await apply(file);
      if (refusal == null) applied += 1;
      const again = refusal == null && claimsRepeatable(file) ? await apply(file) : null;
      if (refusal === "endless" || again === "endless") {
        const detail = `it did not end within ${Math.round(patienceMs / 1000)} s on an empty database`;
        remarks.push({ rule: "migration-unproven", file: file.path, line: null, detail });
        break;
      }
      if (refusal == null) {
        if (again != null) remarks.push({ ...place(again), rule: "migration-not-repeatable" });
        continue;
      }
      const unproven = isMissingHere(refusal) || remarks.some(({ rule }) => rule === "migration-unproven");
      remarks.push({ ...place(refusal), rule: unproven ? "migration-unproven" : "migration-fails" });
      if (!keepGoing) break;
    }
  } catch (error) {
    signal.throwIfAborted();
    throw error;
  } finally {
    await watch.close();
  }
  signal.throwIfAborted();
  return { applied, remarks };
}

class Endless extends Error {}

interface Watch {
  /** Ends the server, and with it the work, when it takes longer. */
  within(ms: number, work: Promise<void>): Promise<void>;
  close(): Promise<void>;
}

/** An interrupt ends the server at once, whatever a statement waits for. */
function watchOver(shadow: Shadow, signal: AbortSignal): Watch {
  let closing: Promise<void> | null = null;
  const close = (): Promise<void> => {
    closing ??= shadow.close();
    return closing;
  };
  const stop = (): void => void close();
  signal.addEventListener("abort", stop, { once: true });
  // It may have come while the server was started.
  if (signal.aborted) stop();
  return {
    async within(ms, work) {
      let isOver = false;
      const timer = setTimeout(() => {
        isOver = true;
        stop();
      }, ms);
      try {
        await work;
      } catch (error) {
        throw isOver ? new Endless() : error;
      } finally {
        clearTimeout(timer);
      }
    },
    async close() {
      signal.removeEventListener("abort", stop);
      await close();
    },
  };
}

async function refusalOf(work: () => Promise<void>): Promise<ShadowRefusal | "endless" | null> {
  try {
    await work();
    return null;
  } catch (error) {
    if (error instanceof ShadowRefusal) return error;
    if (error instanceof Endless) return "endless";
    throw error;
  }
}

/** What hosted projects have and the scratch database has not says nothing about the target. */
function isMissingHere({ message }: ShadowRefusal): boolean {
  return hostedOnly.some((pattern) => pattern.test(message));
}

/** Extensions, objects of the platform's schemas, and settings that supautils lets postgres set. */
const hostedOnly: readonly RegExp[] = [
  /extension "[^"]+" is not available|could not open extension control file/,
  /schema "(?:supabase_functions|graphql|pgsodium)" does not exist/,
  /relation "auth\.(?:audit_log_entries|flow_state|instances|mfa_challenges|schema_migrations|(?:sso|saml|oauth|webauthn)_\w+)" does not exist/,
  /relation "(?:storage\.(?:migrations|prefixes|s3_multipart_uploads(?:_parts)?|buckets_\w+|vector_indexes)|realtime\.(?:subscription|schema_migrations))" does not exist/,
  /function (?:realtime\.(?:send|broadcast_changes)|storage\.(?:search|get_size_by_bucket|operation)|graphql_public\.graphql)\b.* does not exist/,
  /permission denied to set parameter "(?:(?:auto_explain|pg_net|pg_stat_statements|pgaudit|pgrst|plan_filter|safeupdate)\.|log_|track_|session_replication_role|deadlock_timeout|wal_compression)/,
];

/** `path:line:column: message` → its parts. */
function place({ path, message }: ShadowRefusal): Omit<SetRemark, "rule"> {
  const rest = message.startsWith(path) ? message.slice(path.length) : `: ${message}`;
  const match = /^(?::(\d+):\d+)?:? ?([\s\S]*)$/.exec(rest);
  return { file: path, line: match?.[1] == null ? null : Number(match[1]), detail: match?.[2] ?? message };
}

/** It makes something, and everything it makes is guarded that has a guard of its own. */
function claimsRepeatable({ statements }: MigrationFile): boolean {
  const lines = statements
    .filter(({ kind }) => kind !== "empty")
    .map(({ sql }) => `${leadingWords(sql).join(" ")} `);
  const guarded = lines.filter((line) =>
    /^create .*\bif not exists\b|^alter table .* add column if not exists /.test(line),
  );
  const bare = lines.filter((line) => guardable.test(line) && !/ if not exists | or replace /.test(line));
  return guarded.length > 0 && bare.length === 0;
}

/** What could have been made IF NOT EXISTS or OR REPLACE. A trigger is as a rule dropped first, and that is forgotten. */
const guardable =
  /^create (unlogged |unique |materialized )*(table|sequence|schema|extension|index|view|function|procedure|collation) /;
