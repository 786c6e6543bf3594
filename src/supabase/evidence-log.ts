import * as z from "zod";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import { parseJson } from "../core/json.ts";
import { sha256 } from "../plan/digest.ts";
import { type EvidenceRecord, findChainBreak, renderEntry } from "../plan/evidence-record.ts";
import type { EvidenceLog } from "../ports/evidence-log.ts";
import { ensureBeeSchema, isSchemaMissing } from "./bee-schema.ts";
import type { Database } from "./database.ts";
import { describeQueryFailure } from "./database-error.ts";

interface EvidenceRow {
  readonly seq: string;
  readonly entry: string;
  readonly sha256: string;
}

/** For pg_advisory_xact_lock: a link is computed from the one before, so writers go one by one. */
const appendLockKey = 6_243_002;

const entrySchema = z.object({
  seq: z.number(),
  at: z.string(),
  kind: z.enum(["verify", "drill", "restore", "attest", "waive", "loadtest", "watch"]),
  actor: z.string(),
  body: z.record(z.string(), z.unknown()),
  prior: z.string().nullable(),
});

/** Table bee.evidence. A record that cannot be read, because a newer bee wrote it or somebody changed it, is BEE-E556. */
export function createEvidenceLog(database: Database): EvidenceLog {
  async function read(sql: string, params: readonly unknown[] = []): Promise<readonly EvidenceRow[]> {
    try {
      return await database.query<EvidenceRow>(sql, params);
    } catch (error) {
      if (isSchemaMissing(error)) return [];
      throw describeQueryFailure(error, "The evidence");
    }
  }
  return {
    async append(kind, actor, body) {
      await ensureBeeSchema(database);
      return database.withSession(async (session) => {
        try {
          await session.query(
            `begin; set local lock_timeout = '10s'; select pg_advisory_xact_lock(${appendLockKey})`,
          );
          const { rows } = await session.query<{ now: Date; seq: string | null; sha256: string | null }>(
            `select clock_timestamp() as now, last.seq, last.sha256 from (values (1)) as one
             left join lateral (select seq, sha256 from bee.evidence order by seq desc limit 1) as last on true`,
          );
          const [head] = rows;
          const link = {
            seq: Number(head?.seq ?? 0) + 1,
            at: (head?.now ?? new Date()).toISOString(),
            kind,
            actor,
            body,
            prior: head?.sha256 ?? null,
          };
          const entry = renderEntry(link);
          const record = { ...link, sha256: sha256(entry) };
          await session.query("insert into bee.evidence (seq, entry, sha256) values ($1, $2, $3)", [
            record.seq,
            entry,
            record.sha256,
          ]);
          await session.query("commit");
          return record;
        } catch (error) {
          await session.query("rollback").catch(() => {});
          throw describeQueryFailure(error, "The evidence cannot be kept");
        }
      });
    },
    async read(kinds, limit) {
      const rows = await read(
        "select seq, entry, sha256 from bee.evidence where entry::jsonb ->> 'kind' = any($1) order by seq desc limit $2",
        [kinds, limit],
      );
      return rows.map(parseRow);
    },
    async check() {
      const rows = await read("select seq, entry, sha256 from bee.evidence order by seq");
      const broken = findChainBreak(rows.map((row) => ({ ...row, seq: Number(row.seq) })));
      return { records: rows.length, broken };
    },
  };
}

function parseRow({ seq, entry, sha256: kept }: EvidenceRow): EvidenceRecord {
  const parsed = entrySchema.safeParse(parseJson(entry));
  if (parsed.success && sha256(entry) === kept) return { ...parsed.data, sha256: kept };
  throw new BeeError({
    code: "BEE-E556",
    message: `Record ${seq} of the evidence cannot be taken for evidence`,
    detail: parsed.success ? "Its digest differs: it was changed." : "It is not a record this bee knows.",
    hint: "bee verify --chain tells where the chain breaks; a newer bee may have written it: git pull && npm ci",
    exit: exitCodes.refused,
  });
}
