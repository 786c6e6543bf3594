import type { Loss } from "../plan/down/losses.ts";
import type { CountedLoss } from "../plan/judge-down.ts";
import type { Fence } from "../ports/deploy-lock.ts";
import type { Reverted, RevertRequest, SchemaReverter } from "../ports/schema-reverter.ts";
import { readCatalog } from "./catalog-reader.ts";
import { type Clock, systemClock } from "./clock.ts";
import type { Database } from "./database.ts";
import { describeQueryFailure, sqlState } from "./database-error.ts";
import { waitForVersion } from "./history-table.ts";
import { describeRevertFailure, revertLockTimedOut, revertOutcomeUnknown } from "./revert-error.ts";
import { revertInTransaction } from "./revert-transaction.ts";
import { CommitInFlight, StatementFailure } from "./statement-failure.ts";

export interface SchemaReverterOptions {
  /** How long one statement waits for a lock before everything is taken back and tried again. */
  readonly lockTimeoutMs?: number;
  readonly attempts?: number;
  readonly clock?: Clock;
}

/** Takes migrations back as the connected role, on the history table of the supabase CLI (3.1.0). */
export function createSchemaReverter(
  database: Database,
  options: SchemaReverterOptions = {},
): SchemaReverter {
  const { lockTimeoutMs = 4_000, attempts = 5, clock = systemClock } = options;

  async function isReverted({ downs }: RevertRequest): Promise<boolean> {
    const rows = await database.query<{ version: string }>(
      "select version from supabase_migrations.schema_migrations where version = any($1)",
      [downs.map(({ version }) => version)],
    );
    return rows.length === 0;
  }

  return {
    readCatalog: () => readCatalog(database),
    countLosses: (losses) => Promise.all(losses.map((loss) => countLoss(database, loss))),
    async revert(request: RevertRequest, fence: Fence): Promise<Reverted> {
      for (let attempt = 1; ; attempt += 1) {
        let seen: Reverted | null = null;
        const note = (reverted: Reverted): void => {
          seen = reverted;
        };
        try {
          return await database.withSession((session) =>
            revertInTransaction({ session, request, fence, lockTimeoutMs, note }),
          );
        } catch (failure) {
          if (failure instanceof CommitInFlight) {
            await waitForVersion(database, request.downs[0]?.version ?? "").catch((cause: unknown) => {
              throw revertOutcomeUnknown(cause);
            });
            if (seen != null && (await isReverted(request))) return seen;
            throw describeRevertFailure(failure.cause);
          }
          const state = sqlState(failure instanceof StatementFailure ? failure.error : failure);
          if (state !== "55P03" && state !== "40P01") throw describeRevertFailure(failure);
          if (attempt >= attempts) throw revertLockTimedOut(attempt, failure);
          await clock.sleep(Math.min(8_000, 250 * 2 ** attempt) * (0.5 + clock.random()));
        }
      }
    },
  };
}

async function countLoss(database: Database, loss: Loss): Promise<CountedLoss> {
  if (loss.table == null)
    return { ...loss, rows: loss.kind === "label" ? await countLabel(database, loss) : null };
  const condition = loss.column == null ? "" : ` where ${loss.column} is not null`;
  try {
    const [row] = await database.query<{ rows: string }>(
      `select count(*) as rows from ${loss.table}${condition}`,
    );
    return { ...loss, rows: Number(row?.rows ?? 0) };
  } catch (error) {
    if (["42P01", "42703", "3F000"].includes(sqlState(error) ?? "")) return { ...loss, rows: null };
    throw describeQueryFailure(error, `The rows of ${loss.table} cannot be counted`);
  }
}

/** Rows that hold a label which is to go, in every column of its type. */
async function countLabel(database: Database, { object }: Loss): Promise<number | null> {
  const match = /^(.*) '(.*)'$/s.exec(object);
  if (match == null) return null;
  const [, type = "", label = ""] = match;
  const columns = await database.query<{ relation: string; name: string }>(
    `select attrelid::regclass::text as relation, quote_ident(attname) as name from pg_attribute a
join pg_class c on c.oid = a.attrelid and c.relkind = 'r'
where a.atttypid = to_regtype($1) and not a.attisdropped`,
    [type],
  );
  let rows = 0;
  for (const { relation, name } of columns) {
    const [row] = await database.query<{ rows: string }>(
      `select count(*) as rows from ${relation} where ${name}::text = $1`,
      [label],
    );
    rows += Number(row?.rows ?? 0);
  }
  return rows;
}
