import { applyDown, type DownOutcome } from "../../src/engine/apply-down.ts";
import { type DownPlan, planDown } from "../../src/engine/plan-down.ts";
import type { Consent } from "../../src/plan/judge-down.ts";
import type { MigrationFile } from "../../src/plan/migration-file.ts";
import type { Lease } from "../../src/ports/deploy-lock.ts";
import type { Database } from "../../src/supabase/database.ts";
import { createMigrationStore } from "../../src/supabase/migration-store.ts";
import { createSchemaReverter } from "../../src/supabase/schema-reverter.ts";
import { createShadowDatabase } from "../../src/supabase/shadow-database.ts";
import type { TestPostgres } from "./postgres.ts";
import { openDatabase, takeLock } from "./target.ts";

export interface DownWorld {
  readonly database: Database;
  readonly url: string;
  readonly adminUrl: string;
  readonly lease: Lease;
  deploy(...files: readonly MigrationFile[]): Promise<void>;
  /** A way back to the release that has these versions. */
  plan(release: readonly string[], options?: PlanOptions): Promise<DownPlan | null>;
  apply(plan: DownPlan, lease?: Lease): Promise<DownOutcome>;
  versions(): Promise<readonly string[]>;
  close(): Promise<void>;
}

export interface PlanOptions {
  readonly downs?: readonly MigrationFile[];
  readonly consent?: Partial<Consent>;
  readonly files?: readonly MigrationFile[];
}

/** A target with a deploy lock, and a shadow on the same server. */
export async function openDownWorld(
  server: TestPostgres,
  limits: { readonly lockTimeoutMs?: number; readonly attempts?: number } = {},
): Promise<DownWorld> {
  const target = await server.createDatabase();
  const database = openDatabase(target.url);
  const lease = await takeLock(database, "test", 600_000);
  const migrations = createMigrationStore(database);
  const reverter = createSchemaReverter(database, limits);
  const shadow = createShadowDatabase(async () => {
    const { url, drop } = await server.createDatabase();
    return { url, stop: drop };
  });
  const deployed: MigrationFile[] = [];
  return {
    database,
    url: target.url,
    adminUrl: target.adminUrl,
    lease,
    async deploy(...files) {
      for (const file of files) {
        await migrations.apply(file, lease);
        deployed.push(file);
      }
    },
    async plan(release, { downs = [], consent = {}, files } = {}) {
      return planDown({
        reverter,
        shadow,
        history: await migrations.readHistory(),
        release,
        files: files ?? deployed,
        downs: new Map(downs.map((file) => [file.version, file])),
        downFindings: [],
        sampleRows: [],
        consent: { lose: [], cross: [], ...consent },
        note: () => {},
      });
    },
    apply: (plan, fence = lease) => applyDown({ plan, reverter, migrations, fence }),
    versions: async () => (await migrations.readHistory()).map(({ version }) => version),
    async close() {
      await database.close();
      await target.drop();
    },
  };
}

/** The plan; fails when there is nothing to take back. */
export function needed(plan: DownPlan | null): DownPlan {
  if (plan == null) throw new Error("there is nothing to take back");
  return plan;
}
