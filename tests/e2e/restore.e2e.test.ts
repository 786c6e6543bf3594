import type { ChildProcess } from "node:child_process";
import { randomUUID } from "node:crypto";
import { existsSync } from "node:fs";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { collect } from "../support/bee.ts";
import { createSmallProject, ownNotes, type SmallProject } from "../support/small-project.ts";

const restore = ["rollback", "database", "--restore"];
const hello = "supabase/functions/hello/index.ts";
const broken = "supabase/migrations/20250102000000_broken.sql";
const [early, late] = [randomUUID(), randomUUID()];

let project: SmallProject;

beforeAll(async () => {
  project = await createSmallProject();
  await project.put("supabase/migrations/20250101000000_notes.sql", ownNotes);
});
afterAll(() => project.end());

const bodies = async () =>
  (await project.sql("select body from public.notes order by body")).map(({ body }) => body);
const write = (user: string, body: string) =>
  project.sql(`insert into auth.users (id) values ('${user}') on conflict do nothing;
    insert into public.notes (user_id, body) values ('${user}', '${body}')`);
const ids = async () =>
  (await project.json("releases")).releases.map(({ id }: { readonly id: string }) => id);

describe("bee rollback database --restore", () => {
  it("says before anything is touched when there is no point to go to", async () => {
    expect((await project.json("deploy", "phase1")).exitCode).toBe(0);
    await write(early, "before");
    expect(await project.json(...restore, "--lose", "writes")).toMatchObject({
      exitCode: 3,
      error: { code: "BEE-E357", detail: "There are no backups at all. Nothing was changed." },
    });
    expect(await bodies()).toEqual(["before"]);
  });

  it("needs the loss named, one place to go to, and says how long it takes", async () => {
    await project.put(
      broken,
      "alter table public.notes add column mood text;\nupdate public.notes set body = 'broken';\n",
    );
    await project.put(hello, `Deno.serve(() => new Response("second", { status: 401 }));\n`);
    expect((await project.json("deploy", "phase1")).exitCode).toBe(0);
    await write(late, "meanwhile");
    const refused = await project.bee(...restore);
    expect(refused.exitCode).toBe(3);
    expect(refused.stdout + refused.stderr).toMatch(
      /everything written since \S+Z would be lost: .*\n\s+Accept it by naming it: --lose writes/,
    );
    const check = await project.json(...restore, "--check", "--lose", "writes");
    expect(check).toMatchObject({
      exitCode: 0,
      to: "r1",
      point: { kind: "backup", id: "1" },
      basis: "assumed",
    });
    expect(check.rtoMs).toBeGreaterThan(0);
    for (const wrong of [
      ["--at", "yesterday"],
      ["--at", "2999-01-01T00:00:00Z"],
      ["--backup", "one"],
      ["--backup", "1", "--to", "r1"],
      ["--cross", "20250102000000"],
    ])
      expect((await project.json(...restore, "--lose", "writes", ...wrong)).error.code).toBe("BEE-E105");
    expect((await project.json("rollback", "database", "--backup", "1")).error.code).toBe("BEE-E105");
    for (const nothing of [
      ["--backup", "77"],
      ["--at", "2020-01-01T00:00:00Z"],
    ])
      expect((await project.json(...restore, "--lose", "writes", ...nothing)).error.code).toBe("BEE-E357");
    expect((await project.json(...restore, "--lose", "public.notes")).exitCode).toBe(3);
    expect(await bodies()).toEqual(["broken", "meanwhile"]);
  });

  it("brings rows and accounts back, and keeps ledger, bundles and a lock that works", async () => {
    const report = await project.json(...restore, "--lose", "writes");
    expect(report.error).toBe(undefined);
    expect(report).toMatchObject({
      exitCode: 0,
      versions: ["20250101000000"],
      release: "r3",
      newer: ["r2"],
      notKept: [],
    });
    expect(report.rows).toContainEqual({
      table: "auth.users",
      kept: 1,
      lost: 1,
      restored: 0,
      why: [expect.stringMatching(/^1 more written than deleted since /)],
    });
    expect(await bodies()).toEqual(["before"]);
    expect(await project.sql("select id from auth.users")).toEqual([{ id: early }]);
    expect(await ids()).toEqual(["r3", "r2", "r1"]);
    expect((await project.json("lock", "status")).summary).toBe("free");
    const functions = await project.json("rollback", "functions", "--to", "r1");
    expect(functions.error).toBe(undefined);
    expect(functions).toMatchObject({ exitCode: 0, restored: ["hello"] });
    expect((await project.json("deploy", "phase1")).exitCode).toBe(0);
    expect(await ids()).toEqual(["r5", "r4", "r3", "r2", "r1"]);
  });

  it("estimates by what the last restore took", async () => {
    expect(await project.json(...restore, "--check", "--lose", "writes", "--backup", "2")).toMatchObject({
      basis: "measured",
    });
    expect(await project.sql("select entry::jsonb ->> 'kind' as kind from bee.evidence")).toEqual([
      { kind: "restore" },
    ]);
  });

  it.each([
    ["before the platform has restored", (mark: number) => mark > 0],
    ["after the platform has restored", (mark: number) => mark === 0],
  ])("ends the same when it is killed %s and run again", async (_when, reached) => {
    await write(late, "lost again");
    const known = await ids();
    const child = project.start(...restore, "--lose", "writes", "--backup", "2");
    const ended = new Promise((resolve) => child.on("close", resolve));
    await killWhen(child, async () => {
      if (!existsSync(join(project.dir, ".bee/restore/local.json"))) return false;
      return reached(await countMarks());
    });
    await ended;
    const report = await project.json(...restore, "--lose", "writes", "--backup", "2");
    expect(report.error).toBe(undefined);
    expect(report.exitCode).toBe(0);
    expect(await bodies()).toEqual(["before"]);
    const releases = await ids();
    expect(releases.slice(releases.length - known.length)).toEqual(known);
    expect(releases.length).toBeLessThanOrEqual(known.length + 1);
    expect(existsSync(join(project.dir, ".bee/restore/local.json"))).toBe(false);
    expect((await project.json("lock", "status")).summary).toBe("free");
    expect((await project.json("verify", "--chain")).exitCode).toBe(0);
    expect((await project.json("deploy", "phase1")).exitCode).toBe(0);
  });

  it("names the restore where downs lead nowhere", async () => {
    await project.sql("alter table public.notes drop column mood");
    const report = await project.json("rollback", "database", "--to", "r1");
    expect(report.error).toMatchObject({
      code: "BEE-E350",
      hint: expect.stringContaining(
        "Or restore a backup point: bee rollback database --restore --check --target local",
      ),
    });
  });

  it("stops for Ctrl-C at the next safe point", async () => {
    const child = project.start("--json", ...restore, "--lose", "writes", "--backup", "2");
    const ended = collect(child);
    child.stderr?.once("data", () => child.kill("SIGINT"));
    const { exitCode } = await ended;
    expect([0, 130]).toContain(exitCode);
    expect((await project.json("lock", "status")).summary).toBe("free");
    expect(existsSync(join(project.dir, ".bee/restore/local.json"))).toBe(false);
  });
});

/** Marks of restores that the database still carries; none while it does not answer. */
async function countMarks(): Promise<number> {
  const [row] = await project
    .sql(
      "select count(*)::int as marks from bee.audit where action = 'restore' and at > now() - interval '30 s'",
    )
    .catch(() => [{ marks: -1 }]);
  return row.marks;
}

async function killWhen(child: ChildProcess, reached: () => Promise<boolean>): Promise<void> {
  for (const until = Date.now() + 60_000; Date.now() < until; await sleep(5)) {
    if (child.exitCode != null) return;
    if (await reached()) break;
  }
  child.kill("SIGKILL");
}
