import { appendFile } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type BeeProject, createProject } from "../support/bee.ts";
import { digestContent, query } from "../support/database-content.ts";

const version = "20261201000000";
const migration = `supabase/migrations/${version}_mood.sql`;

/** Ways back that are none: each is told with what to do instead, before anything is touched. */
describe("a rollback that cannot be", () => {
  let project: BeeProject;
  let dbUrl: string;

  beforeAll(async () => {
    project = await createProject();
    expect(await project.json("deploy", "phase1")).toMatchObject({ exitCode: 0 });
    await appendFile(
      join(project.dir, "supabase/functions/momentum-score-calculator/index.ts"),
      "\n// two\nconsole.debug(2);\n",
    );
    await project.write(migration, "alter table public.engagement_events add column mood text;\n");
    expect(await project.json("deploy", "phase1")).toMatchObject({ exitCode: 0, release: { id: "r2" } });
    ({ dbUrl } = await project.json("local", "status"));
  });
  afterAll(() => project.end());

  /** What a command says that must change nothing. */
  async function refused(
    ...args: string[]
  ): Promise<{ exitCode: number; error: { code: string; hint: string } }> {
    const before = await digestContent(dbUrl);
    const report = await project.json(...args);
    expect(await digestContent(dbUrl)).toBe(before);
    return report;
  }

  /** Runs `work` with a changed ledger and puts it back. */
  async function withLedger(change: string, restore: string, work: () => Promise<void>): Promise<void> {
    await query(dbUrl, change);
    try {
      await work();
    } finally {
      await query(dbUrl, restore);
    }
  }

  it.each(["functions", "database", ""])("to a release nobody knows: rollback %s", async (layer) => {
    const report = await refused("rollback", ...(layer === "" ? [] : [layer]), "--to", "r99");
    expect(report).toMatchObject({
      exitCode: 2,
      error: { code: "BEE-E521", detail: expect.stringContaining("r2, r1") },
    });
  });

  it.each(["functions", "database", ""])("to a release of another project: rollback %s", async (layer) => {
    const ref = (name: string) =>
      `update bee.releases set release = jsonb_set(release, '{projectRef}', to_jsonb(${name}::text)) where number = 1`;
    const [own] = (await query(
      dbUrl,
      "select release ->> 'projectRef' as ref from bee.releases where number = 2",
    )) as { ref: string }[];
    await withLedger(ref("'aaaaaaaaaaaaaaaaaaaa'"), ref(`'${own?.ref}'`), async () => {
      const report = await refused("rollback", ...(layer === "" ? [] : [layer]), "--to", "r1");
      expect(report).toMatchObject({ exitCode: 2, error: { code: "BEE-E522" } });
    });
  });

  it("to a bundle that was tampered with", async () => {
    const [row] = (await query(
      dbUrl,
      `select sha256, encode(bytes, 'hex') as bytes from bee.bundles
       where sha256 in (select fn ->> 'bundleSha256' from bee.releases, jsonb_array_elements(release -> 'functions') fn
                        where number = 1 and fn ->> 'slug' = 'momentum-score-calculator')`,
    )) as { sha256: string; bytes: string }[];
    const set = (bytes: string) => `update bee.bundles set bytes = ${bytes} where sha256 = '${row?.sha256}'`;
    await withLedger(set("bytes || 'x'"), set(`decode('${row?.bytes}', 'hex')`), async () => {
      const report = await refused("rollback", "functions", "--to", "r1");
      expect(report).toMatchObject({ exitCode: 3, error: { code: "BEE-E554" } });
      const whole = await refused("rollback");
      expect(whole).toMatchObject({ exitCode: 3, summary: "nothing was changed" });
    });
  });

  it("by a down file that does not lead back", async () => {
    await project.write(
      `supabase/migrations/${version}_mood.down.sql`,
      "alter table public.engagement_events rename column mood to old_mood;\n",
    );
    const report = await refused("rollback", "database");
    expect(report.exitCode).toBe(3);
    expect(report.error.code).toMatch(/^BEE-E34\d$/);
    await project.write(
      `supabase/migrations/${version}_mood.down.sql`,
      "alter table public.engagement_events drop column mood;\n",
    );
    expect(await refused("rollback", "database", "--check")).toMatchObject({ exitCode: 0 });
  });

  it("without a ledger", async () => {
    await withLedger(
      "alter table bee.releases rename to hidden",
      "alter table bee.hidden rename to releases",
      async () => {
        expect(await project.json("rollback", "functions")).toMatchObject({
          exitCode: 2,
          error: { code: "BEE-E524" },
        });
        expect(await project.json("rollback")).toMatchObject({ exitCode: 0, to: null });
      },
    );
  });
});
