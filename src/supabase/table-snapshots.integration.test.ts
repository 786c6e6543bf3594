import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { failureOf, openDatabase, takeLock } from "../../tests/support/target.ts";
import type { Lease } from "../ports/deploy-lock.ts";
import type { TableSnapshots } from "../ports/table-snapshots.ts";
import type { Database } from "./database.ts";
import { createTableSnapshots } from "./table-snapshots.ts";

const limit = 64 * 1024 ** 2;
let server: TestPostgres;
let target: TestDatabase;
let database: Database;
let lease: Lease;
let snapshots: TableSnapshots;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  target = await server.createDatabase();
  database = openDatabase(target.url);
  lease = await takeLock(database);
  snapshots = createTableSnapshots(database);
  await run(`create table public.notes (id bigint generated always as identity primary key, title text, score numeric(6, 2), at timestamptz, raw bytea, doc json, tags text[]);
create function public.stamp() returns trigger language plpgsql as $$ begin new.title := 'stamped'; return new; end $$;
insert into public.notes (title, score, at, raw, doc, tags) select 'note ' || n, n / 3.0, timestamptz '2025-01-01 00:00:00.123456+02' + n * interval '1 day', decode('00ff', 'hex'), '{"b": 1,  "a": 2}', array['x', null] from generate_series(1, 5) n;
create trigger stamp before insert or update on public.notes for each row execute function public.stamp()`);
});
afterEach(async () => {
  await database.close();
  await target.drop();
});

async function run(sql: string): Promise<void> {
  await database.withSession((session) => session.query(sql));
}

async function rows(sql = "select * from public.notes order by id") {
  return database.query<Record<string, unknown>>(sql);
}

/** Without the trigger, which stands for what the app does to new rows. */
async function migrate(sql: string): Promise<void> {
  await run(
    `alter table public.notes disable trigger stamp; ${sql}; alter table public.notes enable trigger stamp`,
  );
}

describe("a snapshot of tables", () => {
  it("brings back what a migration deleted and changed, exactly, and leaves what users did since", async () => {
    const before = await rows();
    const { id, tables } = await snapshots.take(
      "20250102000000",
      ["public.notes", "public.none"],
      limit,
      lease,
    );
    expect(tables).toEqual([{ name: "public.notes", rows: 5 }]);
    await migrate(
      "delete from public.notes where id in (1, 2); update public.notes set score = 0, title = 'same' where id in (3, 4)",
    );
    await snapshots.close(id, lease);
    // Users, meanwhile: one changes what the migration changed, one another column, one deletes, one adds.
    await migrate(
      "update public.notes set score = 99 where id = 3; update public.notes set doc = '{}' where id = 4; delete from public.notes where id = 5",
    );
    await migrate("insert into public.notes (title) values ('new')");
    const [account] = await snapshots.merge(id, lease);
    expect(account).toEqual({
      table: "public.notes",
      kept: 1,
      lost: 0,
      restored: 4,
      why: [
        "2 rows brought back",
        "2 rows given their former values",
        "1 row changed since by somebody: kept as they are now",
        "1 row deleted since by somebody: left deleted",
      ],
    });
    const after = await rows();
    expect(after.slice(0, 2)).toEqual(before.slice(0, 2));
    expect(after[2]).toEqual({ ...before[2], score: "99.00" });
    expect(after[3]).toEqual({ ...before[3], doc: {} });
    expect(after.map(({ id: key, title }) => `${key} ${title}`)).toEqual([
      "1 note 1",
      "2 note 2",
      "3 note 3",
      "4 note 4",
      "6 new",
    ]);
    expect(await rows("select doc::text, raw::text from public.notes where id = 1")).toEqual([
      { doc: '{"b": 1,  "a": 2}', raw: "\\x00ff" },
    ]);

    const again = await snapshots.merge(id, lease);
    expect(again[0]).toMatchObject({ restored: 0, lost: 0 });
    expect(await rows()).toEqual(after);
  });

  it("fills a column again that a migration dropped", async () => {
    const before = await rows();
    const { id } = await snapshots.take("drop", ["public.notes"], limit, lease);
    await run("alter table public.notes drop column score, drop column tags");
    await snapshots.close(id, lease);
    await migrate(
      "update public.notes set title = 'mine' where id = 2; insert into public.notes (title) values ('new')",
    );
    await run("alter table public.notes add column score numeric(6, 2), add column tags text[]");
    const [account] = await snapshots.merge(id, lease);
    expect(account).toMatchObject({ restored: 5, lost: 0, kept: 1 });
    const columns = "select id, title, score, tags from public.notes order by id";
    expect(await rows(columns)).toEqual([
      ...before.map(({ id: key, title, score, tags }) => ({
        id: key,
        title: key === "2" ? "mine" : title,
        score,
        tags,
      })),
      { id: "6", title: "new", score: null, tags: null },
    ]);
  });

  it("refills a table that was dropped and made again, and lets its numbers go on after them", async () => {
    const before = await rows();
    const { id } = await snapshots.take("drop", ["public.notes"], limit, lease);
    await run("drop table public.notes");
    await snapshots.close(id, lease);
    expect(await failureOf(snapshots.merge(id, lease))).toMatchObject({
      code: "BEE-E360",
      message: "Snapshot 1 cannot be merged: public.notes does not exist",
    });
    await run(
      "create table public.notes (id bigint generated always as identity primary key, title text, score numeric(6, 2), at timestamptz, raw bytea, doc json, tags text[])",
    );
    expect(await snapshots.merge(id, lease)).toMatchObject([{ restored: 5, kept: 0, lost: 0 }]);
    expect(await rows()).toEqual(before);
    expect(await rows("insert into public.notes (title) values ('next') returning id")).toEqual([
      { id: "6" },
    ]);
  });

  it("says which rows it could not bring back, and why", async () => {
    await run(
      "create table public.parents (id int primary key); insert into public.parents values (1), (2); create table public.children (id int primary key, parent int references public.parents on delete cascade); insert into public.children values (1, 1), (2, 2), (3, 2)",
    );
    const { id } = await snapshots.take("drop", ["public.children"], limit, lease);
    await run("delete from public.children");
    await snapshots.close(id, lease);
    await run("delete from public.parents where id = 2");
    const [account] = await snapshots.merge(id, lease);
    expect(account).toMatchObject({ restored: 1, lost: 2 });
    expect(account?.why).toEqual([
      "1 row brought back",
      expect.stringMatching(/^2 not brought back: .*violates foreign key constraint "children_parent_fkey"/),
    ]);
    expect(await rows("select id from public.children")).toEqual([{ id: 1 }]);
  });

  it("keeps tables without a key by their rows, equal ones counted", async () => {
    await run("create table public.log (line text); insert into public.log values ('a'), ('a'), ('b')");
    const { id } = await snapshots.take("log", ["public.log"], limit, lease);
    await run("delete from public.log");
    await snapshots.close(id, lease);
    await run("insert into public.log values ('a'), ('c')");
    const [account] = await snapshots.merge(id, lease);
    expect(account).toMatchObject({ restored: 2 });
    expect(await rows("select line from public.log order by 1")).toEqual(
      ["a", "a", "b", "c"].map((line) => ({ line })),
    );
  });

  it("is not taken above its limit, nor seen by the API, nor written without the lock", async () => {
    await run(
      "create table public.big (id int primary key, text text); insert into public.big select n, repeat(md5(n::text), 30) from generate_series(1, 3000) n",
    );
    expect(await failureOf(snapshots.take("big", ["public.big"], 1024 ** 2, lease))).toMatchObject({
      code: "BEE-E359",
      message: expect.stringMatching(/^No snapshot is taken: the tables .* hold \d MiB, the limit is 1 MiB$/),
    });
    expect(await snapshots.list()).toEqual([]);
    const taken = await snapshots.take("small", ["public.notes"], limit, lease);
    expect(await snapshots.list()).toEqual([taken]);
    for (const role of ["anon", "authenticated", "service_role"]) {
      await expect(run(`set role ${role}; select * from bee.snapshot_rows`)).rejects.toThrow(
        /permission denied/,
      );
    }
    expect(await failureOf(snapshots.merge(taken.id, { token: 999 }))).toMatchObject({ code: "BEE-E550" });
    expect(await failureOf(snapshots.merge(7, lease))).toMatchObject({
      code: "BEE-E360",
      message: "There is no snapshot 7",
    });
    await snapshots.drop(taken.id, lease);
    expect(await snapshots.list()).toEqual([]);
  });
});
