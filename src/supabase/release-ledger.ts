import { createHash } from "node:crypto";
import { BeeError } from "../core/bee-error.ts";
import { exitCodes } from "../core/exit-code.ts";
import type { FunctionArtifact } from "../plan/deployed-function.ts";
import { keptReleases, type Release } from "../plan/release.ts";
import { lockLost } from "../ports/lock-lost.ts";
import type { ReleaseLedger } from "../ports/release-ledger.ts";
import { fenceLostState, isSchemaMissing } from "./bee-schema.ts";
import type { Database } from "./database.ts";
import { describeQueryFailure, sqlState } from "./database-error.ts";
import { parseRelease } from "./release-row.ts";

const readSql = `
select number, recorded_at, release from bee.releases order by number desc limit $1`;

/** Records, and in the same statement drops what is older than the kept releases, with the bundles only they used. */
const recordSql = `
with recorded as (
  insert into bee.releases (number, release)
  select (select coalesce(max(number), 0) + 1 from bee.releases), $2::jsonb from bee.assert_fence($1, true) as held where held
  returning number, recorded_at, release
), kept as (
  select release from bee.releases where number > (select number from recorded) - ${keptReleases}
  union all select release from recorded
), used as (
  select fn ->> 'bundleSha256' as sha256 from kept, jsonb_array_elements(kept.release -> 'functions') as fn
), pruned as (
  delete from bee.releases where number <= (select number from recorded) - ${keptReleases}
), swept as (
  delete from bee.bundles where exists (select from recorded) and sha256 not in (select sha256 from used)
)
select number, recorded_at from recorded`;

/** Releases and bundles in schema bee. The fence is checked in the statement that writes. */
export function createReleaseLedger(database: Database): ReleaseLedger {
  async function read<Row extends object>(sql: string, params: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return await database.query<Row>(sql, params);
    } catch (error) {
      if (isSchemaMissing(error)) return [];
      throw describeQueryFailure(error, "The release ledger");
    }
  }
  async function write<Row extends object>(sql: string, params: readonly unknown[]): Promise<readonly Row[]> {
    try {
      return await database.query<Row>(sql, params);
    } catch (error) {
      // Without schema bee nobody holds a lock.
      if (sqlState(error) === fenceLostState || isSchemaMissing(error)) throw lockLost(error);
      throw describeQueryFailure(error, "The release ledger");
    }
  }
  return {
    async readReleases(limit) {
      const rows = await read<{ number: string; recorded_at: Date; release: unknown }>(readSql, [limit]);
      return rows.map(({ number, recorded_at, release }) => parseRelease(number, recorded_at, release));
    },
    async readBundle(sha256) {
      const [row] = await read<{ bytes: Buffer }>("select bytes from bee.bundles where sha256 = $1", [
        sha256,
      ]);
      if (row == null) return null;
      if (digest(row.bytes) !== sha256) throw tampered(sha256);
      return row.bytes;
    },
    async keepBundles(artifacts, fence) {
      for (const { bytes, sha256 } of artifacts) if (digest(bytes) !== sha256) throw tampered(sha256);
      const known = await read<{ sha256: string }>("select sha256 from bee.bundles where sha256 = any($1)", [
        artifacts.map(({ sha256 }) => sha256),
      ]);
      const missing = artifacts.filter(({ sha256 }) => !known.some((row) => row.sha256 === sha256));
      if (missing.length === 0) return;
      const { sql, params } = assembleKeep(missing);
      await write(sql, [fence.token, ...params]);
    },
    async readIntents(since) {
      const rows = await read<{ detail: string }>(
        "select detail from bee.audit where action in ('acquire', 'take over') and at > $1 order by id desc limit 50",
        [since],
      );
      return rows.map(({ detail }) => detail);
    },
    async record(release, fence): Promise<Release> {
      const [row] = await write<{ number: string; recorded_at: Date }>(recordSql, [
        fence.token,
        JSON.stringify(release),
      ]);
      if (row == null) throw lockLost();
      return parseRelease(row.number, row.recorded_at, release);
    },
  };
}

function assembleKeep(artifacts: readonly FunctionArtifact[]) {
  const rows = artifacts.map((_, index) => {
    const at = index * 3 + 2;
    return `($${at}::text, $${at + 1}::text, $${at + 2}::bytea)`;
  });
  const sql = `
insert into bee.bundles (sha256, slug, bytes)
select kept.* from bee.assert_fence($1, true) as held, (values ${rows.join(", ")}) as kept (sha256, slug, bytes)
where held on conflict (sha256) do nothing`;
  return { sql, params: artifacts.flatMap(({ sha256, slug, bytes }) => [sha256, slug, Buffer.from(bytes)]) };
}

function digest(bytes: Uint8Array): string {
  return createHash("sha256").update(bytes).digest("hex");
}

function tampered(sha256: string): BeeError {
  return new BeeError({
    code: "BEE-E554",
    message: `The kept bundle ${sha256.slice(0, 12)} is not what was recorded: its digest differs`,
    detail: "Its bytes in bee.bundles were changed or damaged; it was not used.",
    hint: "Deploy from the release's commit: git checkout <commit> && bee deploy phase1",
    exit: exitCodes.refused,
  });
}
