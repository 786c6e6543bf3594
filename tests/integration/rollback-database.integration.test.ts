import pg from "pg";
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { diffCatalog } from "../../src/plan/diff-catalog.ts";
import { readCatalog } from "../../src/supabase/catalog-reader.ts";
import { type DownWorld, needed, openDownWorld } from "../support/down-world.ts";
import { startTestPostgres, type TestPostgres } from "../support/postgres.ts";
import { failureOf, migration, takeLock } from "../support/target.ts";

let server: TestPostgres;
let world: DownWorld;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  world = await openDownWorld(server, { lockTimeoutMs: 150, attempts: 2 });
});
afterEach(() => world.close());

const notes = migration(
  "20250101000000",
  "notes",
  `create table public.notes (id int primary key, title text not null);
alter table public.notes enable row level security;
grant select on public.notes to authenticated;
create policy "read" on public.notes for select to authenticated using (true);`,
);
const mood = migration(
  "20250102000000",
  "mood",
  `alter table public.notes add column mood text; create index notes_mood on public.notes (mood);
create table public.moods (name text primary key); alter publication supabase_realtime add table public.moods;`,
);
const open = migration(
  "20250103000000",
  "open",
  `drop policy "read" on public.notes; create policy "read" on public.notes for select to anon using (true);
create function public.f() returns int language sql as 'select 1';`,
);
const release = [notes.version];
const lossy = { lose: ["public.notes.mood", "public.moods"] };

async function catalog() {
  return readCatalog(world.database);
}

describe("taking migrations back on the target", () => {
  it("restores catalog and history of the release in one go, and counts every row", async () => {
    await world.deploy(notes);
    const before = await catalog();
    await world.database.query("insert into public.notes select n, 'note' from generate_series(1, 5) n");
    await world.deploy(mood, open);
    await world.database.query("insert into public.notes values (6, 'meanwhile', 'calm'), (7, 'too', null)");
    await world.database.query("insert into public.moods values ('calm')");

    const plan = needed(await world.plan(release, { consent: lossy }));
    expect(plan.proof.downs.map(({ version }) => version)).toEqual([open.version, mood.version]);
    expect(plan.losses.map(({ object, rows }) => [object, rows])).toEqual([
      ["public.notes.mood", 1],
      ["public.moods", 1],
    ]);
    const outcome = await world.apply(plan);

    expect(outcome.undone).toEqual([open.version, mood.version]);
    expect(await world.versions()).toEqual(release);
    expect(diffCatalog(before, await catalog())).toEqual([]);
    expect(outcome.rows).toEqual([
      { table: "public.moods", kept: 0, lost: 1, restored: 0, why: ["table public.moods is dropped"] },
      {
        table: "public.notes",
        kept: 7,
        lost: 0,
        restored: 0,
        why: ["column public.notes.mood is dropped: 1 values went, their rows stay"],
      },
    ]);
    expect(await world.plan(release)).toBe(null);
  });

  it("refuses to lose what nobody named, but asks nothing about empty tables", async () => {
    await world.deploy(notes, mood);
    expect(needed(await world.plan(release)).findings).toEqual([]);
    await world.database.query("insert into public.moods values ('calm'), ('busy')");
    const plan = needed(await world.plan(release));
    expect(plan.findings.map(({ detail, fix }) => `${detail} | ${fix}`)).toEqual([
      "table public.moods is dropped: 2 rows would be lost | Accept it by naming it: --lose public.moods",
    ]);
    expect(await failureOf(world.apply(plan))).toMatchObject({ code: "BEE-E347", exit: 3 });
    expect(await world.versions()).toEqual([notes.version, mood.version]);
    const typo = needed(await world.plan(release, { consent: { lose: ["public.moods", "public.note"] } }));
    expect(typo.findings.map(({ detail }) => detail)).toEqual(["public.note is not lost by this rollback"]);
  });

  it("crosses a contract migration only when it is named, and says what no down brings back", async () => {
    const contract = migration("20250104000000", "contract", "alter table public.notes drop column title;");
    await world.deploy(notes);
    await world.database.query("insert into public.notes values (1, 'one')");
    await world.deploy(contract);
    const plan = needed(await world.plan(release));
    expect(await failureOf(world.apply(plan))).toMatchObject({
      code: "BEE-E348",
      hint: "Accept it by naming it: --cross 20250104000000",
    });
    expect(plan.unrecoverable).toEqual([
      "column public.notes.title (by supabase/migrations/20250104000000_contract.sql)",
    ]);
    const named = needed(await world.plan(release, { consent: { cross: [contract.version] } }));
    expect(await failureOf(world.apply(named))).toMatchObject({
      code: "BEE-E355",
      message: expect.stringContaining('column "title" of relation "notes" contains null values'),
      detail: expect.stringContaining("Everything was taken back: the target is as it was."),
    });
    expect(await world.versions()).toEqual([notes.version, contract.version]);
  });

  it("leaves alone what somebody else changed elsewhere, and refuses where it matters", async () => {
    await world.deploy(notes, mood, open);
    await world.database.query("grant delete on public.notes to service_role");
    await world.database.query("create table public.by_hand (id int)");
    const plan = needed(await world.plan([notes.version, mood.version]));
    await world.apply(plan);
    const kept = await catalog();
    expect(kept.objects.some(({ name }) => name === "public.by_hand")).toBe(true);
    await world.database.query("drop index public.notes_mood");
    expect(await failureOf(world.plan(release, { consent: lossy }))).toMatchObject({
      code: "BEE-E350",
      exit: 6,
      detail: expect.stringContaining(
        "dropped: index notes_mood on public.notes, but the target does not have it",
      ),
    });
  });

  it("refuses a history that moved after the plan, or holds what nobody here knows", async () => {
    await world.deploy(notes, mood);
    const plan = needed(await world.plan(release));
    await world.deploy(open);
    expect(await failureOf(world.apply(plan))).toMatchObject({
      code: "BEE-E346",
      exit: 6,
      detail: expect.stringContaining("Applied by somebody else: 20250103000000"),
    });
    expect(await failureOf(world.plan(release, { files: [notes, mood] }))).toMatchObject({
      code: "BEE-E346",
      message: "20250103000000_open was applied since by somebody whose files are not here",
    });
    expect(await failureOf(world.plan([notes.version, "20250101120000"]))).toMatchObject({
      code: "BEE-E346",
    });
    expect(await world.versions()).toEqual([notes.version, mood.version, open.version]);
  });

  it("writes nothing with a lock that was lost", async () => {
    await world.deploy(notes, mood);
    const plan = needed(await world.plan(release));
    await world.database.query("update bee.deploy_lock set expires_at = clock_timestamp() - interval '1 s'");
    const other = await takeLock(world.database, "other");
    expect(await failureOf(world.apply(plan))).toMatchObject({ code: "BEE-E550", exit: 5 });
    expect(await world.versions()).toEqual([notes.version, mood.version]);
    expect((await world.apply(plan, other)).undone).toEqual([mood.version]);
  });

  it("gives way to who holds the tables, and says so when they do not let go", async () => {
    await world.deploy(notes, mood);
    const plan = needed(await world.plan(release));
    const reader = new pg.Client({ connectionString: world.url });
    await reader.connect();
    await reader.query("begin; select * from public.notes");
    expect(await failureOf(world.apply(plan))).toMatchObject({
      code: "BEE-E352",
      message: expect.stringContaining("No lock in 2 attempts"),
    });
    expect(await world.versions()).toEqual([notes.version, mood.version]);
    await reader.query("commit");
    await reader.end();
    expect((await world.apply(plan)).undone).toEqual([mood.version]);
  });

  it("leaves nothing when the session dies before COMMIT", async () => {
    await world.deploy(notes, mood);
    const before = await catalog();
    const dying = migration(
      mood.version,
      "mood.down",
      `drop index public.notes_mood; alter table public.notes drop column mood; drop table public.moods;
do $$ begin if current_database() = '${new URL(world.url).pathname.slice(1)}' then perform pg_terminate_backend(pg_backend_pid()); end if; end $$;`,
    );
    const plan = needed(await world.plan(release, { downs: [dying] }));
    expect(await failureOf(world.apply(plan))).toMatchObject({ code: "BEE-E354", exit: 10 });
    expect(diffCatalog(before, await catalog())).toEqual([]);
    expect(await world.versions()).toEqual([notes.version, mood.version]);
  });

  it("takes back a down that does something else on the target than on the shadow", async () => {
    await world.deploy(notes, mood);
    await world.database.query("insert into public.notes values (1, 'one', null)");
    const sly = (what: string) =>
      migration(
        mood.version,
        "mood.down",
        `drop index public.notes_mood; alter table public.notes drop column mood; drop table public.moods;
do $$ begin if exists (select from pg_namespace where nspname = 'bee') then ${what} end if; end $$;`,
      );
    const deleting = needed(await world.plan(release, { downs: [sly("delete from public.notes;")] }));
    expect(await failureOf(world.apply(deleting))).toMatchObject({
      code: "BEE-E351",
      detail: expect.stringContaining("public.notes keeps 0 of 1 rows"),
    });
    const opening = needed(await world.plan(release, { downs: [sly("grant all on public.notes to anon;")] }));
    expect(await failureOf(world.apply(opening))).toMatchObject({
      code: "BEE-E351",
      detail: expect.stringContaining("changed: table public.notes (grants"),
    });
    expect(await world.database.query("select id, title from public.notes")).toEqual([
      { id: 1, title: "one" },
    ]);
    expect(await world.versions()).toEqual([notes.version, mood.version]);
  });

  it("knows what an older hosted project gives by default", async () => {
    await world.database.query(
      "alter default privileges in schema public grant all on tables to anon, authenticated, service_role",
    );
    await world.database.query("create extension pg_trgm with schema extensions");
    await world.deploy(notes);
    const before = await catalog();
    const gone = migration("20250105000000", "gone", "drop table public.notes;");
    await world.deploy(gone);
    await world.apply(needed(await world.plan(release, { consent: { cross: [gone.version] } })));
    expect(diffCatalog(before, await catalog())).toEqual([]);
  });
});
