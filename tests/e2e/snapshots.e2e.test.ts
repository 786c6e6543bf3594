import { randomUUID } from "node:crypto";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { createSmallProject, ownNotes, type SmallProject } from "../support/small-project.ts";

const staging = ["--target", "staging", "--yes"];
const contract = "supabase/migrations/20250102000000_contract.sql";
const user = randomUUID();

let project: SmallProject;

beforeAll(async () => {
  project = await createSmallProject();
  await project.put("supabase/migrations/20250101000000_notes.sql", ownNotes);
});
afterAll(() => project.end());

const notes = () => project.sql("select title, body from public.notes order by id");
// biome-ignore lint/suspicious/noExplicitAny: the parsed document of --json
const statusOf = (report: any, id: string): string =>
  report.steps.find((step: { readonly id: string }) => step.id === id)?.status;

describe("a project without any backup", () => {
  it("pays nothing at first, and copies what a migration is about to take", async () => {
    const first = await project.json("deploy", "phase1", ...staging);
    expect([first.exitCode, statusOf(first, "tables.snapshot")]).toEqual([0, "unchanged"]);
    await project.sql(`insert into auth.users (id) values ('${user}');
      insert into public.notes (user_id, title, body) select '${user}', 'title ' || n, 'body ' || n from generate_series(1, 4) n`);
    await project.put(
      contract,
      "alter table public.notes drop column title;\ndelete from public.notes where body = 'body 4';\nupdate public.notes set body = upper(body) where body = 'body 3';\n",
    );
    const second = await project.json("deploy", "phase1", ...staging);
    expect(second.error).toBe(undefined);
    expect(second.exitCode).toBe(0);
    expect(second.steps.find(({ id }: { readonly id: string }) => id === "tables.snapshot")).toMatchObject({
      status: "done",
      change: { summary: "copy of public.notes before 20250102000000" },
    });
    expect(await project.sql("select label, closed_at is not null as closed from bee.snapshots")).toEqual([
      { label: "20250102000000", closed: true },
    ]);
    const again = await project.json("deploy", "phase1", ...staging);
    expect([again.exitCode, statusOf(again, "tables.snapshot")]).toEqual([0, "unchanged"]);
  });

  it("brings rows and values back with the down, and keeps what users did meanwhile", async () => {
    await project.sql(`update public.notes set body = 'mine' where body = 'body 1';
      delete from public.notes where body = 'body 2';
      insert into public.notes (user_id, body) values ('${user}', 'new')`);
    const check = await project.json("rollback", "database", "--check", "--target", "staging");
    expect(check).toMatchObject({ exitCode: 0, unrecoverable: [] });
    expect(check.returning[0]).toMatch(
      /^comes back from snapshot 1 of .*: what the migrations took from public.notes \(4 rows\)$/,
    );
    const report = await project.json("rollback", "database", ...staging);
    expect(report.error).toBe(undefined);
    expect(report.exitCode).toBe(0);
    expect(await notes()).toEqual([
      { title: "title 1", body: "mine" },
      { title: "title 3", body: "body 3" },
      { title: "title 4", body: "body 4" },
      { title: null, body: "new" },
    ]);
    expect(report.merged).toEqual([
      {
        table: "public.notes",
        kept: 1,
        lost: 0,
        restored: 3,
        why: [
          "snapshot 1",
          "1 row brought back",
          "2 rows given their former values",
          "1 row deleted since by somebody: left deleted",
        ],
      },
    ]);
    const again = await project.json("rollback", "database", ...staging);
    expect([again.exitCode, again.summary]).toEqual([0, "nothing to take back"]);
  });

  it("merges what a run that died between down and merge left", async () => {
    const deployed = await project.json("deploy", "phase1", ...staging);
    expect(deployed.exitCode).toBe(0);
    await project.sql(`alter table public.notes add column title text;
      delete from supabase_migrations.schema_migrations where version = '20250102000000'`);
    const report = await project.json("rollback", "database", ...staging);
    expect(report.exitCode).toBe(0);
    expect(report.merged.map(({ restored }: { readonly restored: number }) => restored)).toEqual([3]);
    expect((await notes()).map(({ title }) => title)).toEqual(["title 1", "title 3", "title 4", null]);
  });

  it("keeps the snapshots of three deploys, and lets go of one before a migration that failed", async () => {
    for (const n of [1, 2, 3]) {
      await project.put(
        `supabase/migrations/2025020${n}000000_step.sql`,
        `update public.notes set body = body || '${n}';\n`,
      );
      await project.remove(contract).catch(() => undefined);
      expect((await project.json("deploy", "phase1", ...staging)).exitCode).toBe(0);
    }
    await project.put(
      "supabase/migrations/20250204000000_bad.sql",
      "delete from public.notes; select 1 / 0;\n",
    );
    expect((await project.json("deploy", "phase1", ...staging)).exitCode).not.toBe(0);
    expect(await project.sql("select label from bee.snapshots order by id")).toEqual([
      { label: "20250202000000" },
      { label: "20250203000000" },
    ]);
    expect(
      await project.sql(
        "select count(*)::int from bee.snapshot_rows where snapshot not in (select id from bee.snapshots)",
      ),
    ).toEqual([{ count: 0 }]);
  });

  it("refuses what is larger than the limit before anything is changed", async () => {
    await project.put("supabase/migrations/20250204000000_bad.sql", "delete from public.notes;\n");
    await project.sql(
      `insert into public.notes (user_id, body) select '${user}', repeat(md5(n::text), 40) from generate_series(1, 2000) n`,
    );
    const config = await project.sql("select count(*)::int from public.notes");
    await project.put(
      "bee.config.yaml",
      (await readConfig()).replace("probe:", "snapshots: { maxMiB: 1 }\nprobe:"),
    );
    const report = await project.json("deploy", "phase1", ...staging);
    expect(report.error).toMatchObject({ code: "BEE-E359" });
    expect(report.exitCode).toBe(3);
    expect(await project.sql("select count(*)::int from public.notes")).toEqual(config);
  });
});

async function readConfig(): Promise<string> {
  const { readFile } = await import("node:fs/promises");
  return readFile(`${project.dir}/bee.config.yaml`, "utf8");
}
