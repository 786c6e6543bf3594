import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import {
  type Change,
  createNotes,
  signUp,
  startTestRealtime,
  type TestRealtime,
  waiting,
  watch,
} from "./test-realtime.ts";

let api: TestRealtime;
beforeAll(async () => {
  api = await startTestRealtime();
});
afterAll(() => api.stop());

const opened: { removeAllChannels(): Promise<unknown> }[] = [];
afterEach(async () => {
  await Promise.all(opened.splice(0).map((client) => client.removeAllChannels()));
});

async function user() {
  const made = await signUp(api);
  opened.push(made.client);
  return made;
}

function visitor(key?: string) {
  const client = api.client(key);
  opened.push(client);
  return client;
}

const ids = (changes: readonly Change[]) => changes.map((change) => Number(Reflect.get(change.new, "id")));

/** Resolves once everything committed before it has been delivered: a row of the marker table has arrived. */
async function settled(): Promise<void> {
  await api.owner.query(
    "create table if not exists public.marker (id serial primary key); grant select on marker to service_role",
  );
  await api.owner.query(`do $$ begin
    alter publication supabase_realtime add table public.marker; exception when duplicate_object then null; end $$`);
  const client = api.client(api.identity.serviceRoleKey);
  const { changes } = await watch(client, { table: "marker" });
  await api.owner.query("insert into public.marker default values");
  await vi.waitUntil(() => changes.length > 0, waiting);
  await client.removeAllChannels();
}

describe("row security", () => {
  test("shows each of two users their own rows alone, a visitor none, the service all", async () => {
    await createNotes(api.owner, "isolated");
    const [ada, bob] = [await user(), await user()];
    const watches = {
      ada: await watch(ada.client, { table: "isolated" }),
      bob: await watch(bob.client, { table: "isolated" }),
      anon: await watch(visitor(), { table: "isolated" }),
      service: await watch(visitor(api.identity.serviceRoleKey), { table: "isolated" }),
    };
    await api.owner.query("insert into isolated (user_id, body) values ($1, 'a1'), ($2, 'b1')", [
      ada.id,
      bob.id,
    ]);
    await vi.waitUntil(() => watches.service.changes.length === 2, waiting);
    await api.owner.query("update isolated set body = 'a2' where user_id = $1", [ada.id]);
    await vi.waitUntil(() => watches.ada.changes.length === 2, waiting);
    await api.owner.query("update isolated set user_id = $2 where user_id = $1", [ada.id, bob.id]);
    await vi.waitUntil(() => watches.bob.changes.length === 2, waiting);
    await settled();
    const seen = (changes: readonly Change[]) =>
      changes.map(({ eventType, new: row }) => [eventType, Reflect.get(row, "body")]);
    expect(seen(watches.ada.changes)).toEqual([
      ["INSERT", "a1"],
      ["UPDATE", "a2"],
    ]);
    expect(seen(watches.bob.changes)).toEqual([
      ["INSERT", "b1"],
      ["UPDATE", "a2"],
    ]);
    expect(watches.anon.changes).toEqual([]);
    expect(watches.service.changes).toHaveLength(4);

    await api.owner.query("delete from isolated");
    await settled();
    for (const { changes } of Object.values(watches)) {
      const deletes = changes.slice(-2).map(({ eventType, old }) => JSON.stringify([eventType, old]));
      expect(deletes.sort()).toEqual(['["DELETE",{"id":1}]', '["DELETE",{"id":2}]']);
    }
  });

  test("tells of a deleted row its key alone, even where the table logs all of it", async () => {
    await createNotes(api.owner, "full_notes");
    await api.owner.query("alter table full_notes replica identity full");
    const [ada, bob] = [await user(), await user()];
    const mine = await watch(ada.client, { table: "full_notes" });
    const others = await watch(bob.client, { table: "full_notes" });
    await api.owner.query("insert into full_notes (user_id, body) values ($1, 'secret')", [ada.id]);
    await api.owner.query("update full_notes set body = 'changed'");
    await vi.waitUntil(() => mine.changes.length === 2, waiting);
    expect(mine.changes[1]?.old).toEqual({ id: 1, user_id: ada.id, body: "secret", score: null });
    await api.owner.query("delete from full_notes");
    await vi.waitUntil(() => others.changes.length === 1, waiting);
    expect(others.changes[0]?.old).toEqual({ id: 1 });
  });

  test("is asked anew for every change: policies and grants may change under a subscription", async () => {
    await createNotes(api.owner, "shifting");
    const ada = await user();
    const mine = await watch(ada.client, { table: "shifting" });
    const insert = () => api.owner.query("insert into shifting (user_id) values ($1)", [ada.id]);
    await insert();
    await settled();
    await api.owner.query("alter policy own on shifting using (false)");
    await insert();
    await settled();
    await api.owner.query("alter policy own on shifting using (true)");
    await insert();
    await settled();
    await api.owner.query("revoke select on shifting from authenticated");
    await insert();
    await settled();
    await api.owner.query("grant select (id, user_id) on shifting to authenticated");
    await insert();
    await settled();
    expect(ids(mine.changes)).toEqual([1, 3, 5]);
    expect(mine.changes[2]?.new).toEqual({ id: 5, user_id: ada.id });
    await api.owner.query(
      "alter table shifting disable row level security; grant select on shifting to authenticated",
    );
    await insert();
    await settled();
    expect(ids(mine.changes)).toEqual([1, 3, 5, 6]);
  });

  test("withholds what it cannot judge: no primary key, a policy that fails", async () => {
    await createNotes(api.owner, "keyless");
    await createNotes(api.owner, "failing");
    await api.owner.query(`
      alter table keyless drop constraint keyless_pkey, replica identity full;
      alter policy own on failing using (1 / (score::int - score::int) = 1);`);
    const ada = await user();
    const mine = await watch(ada.client, [{ table: "keyless" }, { table: "failing" }]);
    const service = await watch(visitor(api.identity.serviceRoleKey), [
      { table: "keyless" },
      { table: "failing" },
    ]);
    await api.owner.query("insert into keyless (user_id) values ($1)", [ada.id]);
    await api.owner.query("insert into failing (user_id, score) values ($1, 1)", [ada.id]);
    await vi.waitUntil(() => service.changes.length === 2, waiting);
    await settled();
    expect(mine.changes).toEqual([]);
    await api.owner.query("alter table keyless add primary key (id)");
    await api.owner.query("insert into keyless (user_id) values ($1)", [ada.id]);
    await vi.waitUntil(() => mine.changes.length === 1, waiting);
  });
});

test("no event is lost or stale in 40 runs from subscription to change", async () => {
  await createNotes(api.owner, "repeated");
  const ada = await user();
  for (let run = 1; run <= 40; run++) {
    const { changes, channel } = await watch(ada.client, { table: "repeated" }, "joined");
    const { rows } = await api.owner.query(
      "insert into repeated (user_id, score) values ($1, 0) returning id",
      [ada.id],
    );
    await api.owner.query("update repeated set score = $2 where id = $1", [rows[0].id, run]);
    await vi.waitUntil(() => changes.length === 2, waiting);
    expect(changes.map(({ eventType, new: row }) => [eventType, Reflect.get(row, "score")])).toEqual([
      ["INSERT", 0],
      ["UPDATE", run],
    ]);
    await channel.unsubscribe();
  }
});

test("many writers at once: every change arrives, each row's in its order", async () => {
  await createNotes(api.owner, "busy");
  const ada = await user();
  const { changes } = await watch(ada.client, { table: "busy" });
  const rows = 40;
  await Promise.all(
    Array.from({ length: rows }, async () => {
      const inserted = await api.pool.query(
        "insert into public.busy (user_id, score) values ($1, 0) returning id",
        [ada.id],
      );
      for (let score = 1; score <= 3; score++) {
        await api.pool.query("update public.busy set score = $2 where id = $1", [inserted.rows[0].id, score]);
      }
    }),
  );
  await vi.waitUntil(() => changes.length === rows * 4, waiting);
  for (let id = 1; id <= rows; id++) {
    const scores = changes
      .filter(({ new: row }) => Reflect.get(row, "id") === id)
      .map(({ new: row }) => Reflect.get(row, "score"));
    expect(scores).toEqual([0, 1, 2, 3]);
  }
});

test("a large transaction arrives whole and in order; one rolled back does not", async () => {
  await createNotes(api.owner, "bulk");
  const ada = await user();
  const { changes } = await watch(ada.client, { table: "bulk" });
  await api.owner.query(
    "begin; insert into bulk (user_id) select gen_random_uuid() from generate_series(1, 100); rollback",
  );
  await api.owner.query(
    "insert into bulk (user_id, body) select $1, repeat('x', 1000) from generate_series(1, 3000)",
    [ada.id],
  );
  await vi.waitUntil(() => changes.length === 3000, waiting);
  expect(ids(changes)).toEqual(Array.from({ length: 3000 }, (_, index) => 101 + index));
});

describe("what is asked for", () => {
  test.each([
    ["score=eq.5", [5]],
    ["score=neq.5", [4, 6]],
    ["score=lt.5", [4]],
    ["score=lte.5", [4, 5]],
    ["score=gt.5", [6]],
    ["score=gte.5", [5, 6]],
    ["score=in.(4,6)", [4, 6]],
    ["score=not.in.(4,6)", [5]],
    ["body=eq.five, with comma", [5]],
    ['body=in.("five, with comma",six)', [5, 6]],
    ["body=like.f%", [4, 5]],
    ["body=is.null", []],
    ["score=gt.4,score=lt.6", [5]],
    ["score=eq.5.00", [5]],
  ])("filter %s", async (filter, expected) => {
    const table = `filtered_${expected.join("_")}_${filter.replace(/\W/g, "").toLowerCase()}`.slice(0, 50);
    await createNotes(api.owner, table);
    await api.owner.query(`alter table ${table} disable row level security`);
    const { changes } = await watch(visitor(), { table, filter });
    await api.owner.query(`insert into ${table} (user_id, body, score) values
      (gen_random_uuid(), 'four', 4), (gen_random_uuid(), 'five, with comma', 5), (gen_random_uuid(), 'six', 6)`);
    await settled();
    expect(changes.map(({ new: row }) => Reflect.get(row, "score"))).toEqual(expected);
  });

  test("events, tables and schemas, also as wildcards, and only some columns", async () => {
    await createNotes(api.owner, "first");
    await createNotes(api.owner, "second");
    await api.owner.query(`
      alter table first disable row level security; alter table second disable row level security;
      create schema shop; create table shop.orders (id int primary key, total numeric);
      grant usage on schema shop to anon; grant select on shop.orders to anon;
      alter publication supabase_realtime add table shop.orders;`);
    const got = {
      updates: await watch(visitor(), { event: "UPDATE", table: "first" }),
      table: await watch(visitor(), { table: "first" }),
      schema: await watch(visitor(), { schema: "public" }),
      all: await watch(visitor(), { schema: "*" }),
      narrow: await watch(visitor(), { schema: "shop", table: "orders", select: ["total", "nothing"] }),
      twice: await watch(visitor(), [
        { event: "INSERT", table: "first" },
        { event: "*", table: "first" },
      ]),
    };
    await api.owner.query("insert into first (user_id) values (gen_random_uuid())");
    await api.owner.query("update first set score = 1");
    await api.owner.query("insert into second (user_id) values (gen_random_uuid())");
    await api.owner.query("insert into shop.orders values (1, 9.90)");
    await settled();
    const tables = (changes: readonly Change[]) =>
      changes
        .filter(({ table }) => table !== "marker")
        .map(({ eventType, table }) => `${eventType} ${table}`);
    expect(tables(got.updates.changes)).toEqual(["UPDATE first"]);
    expect(tables(got.table.changes)).toEqual(["INSERT first", "UPDATE first"]);
    expect(tables(got.schema.changes)).toEqual(["INSERT first", "UPDATE first", "INSERT second"]);
    expect(tables(got.all.changes)).toEqual([
      "INSERT first",
      "UPDATE first",
      "INSERT second",
      "INSERT orders",
    ]);
    expect(got.narrow.changes.map((change) => change.new)).toEqual([{ total: 9.9 }]);
    expect(tables(got.twice.changes)).toEqual(["INSERT first", "INSERT first", "UPDATE first"]);
  });

  test("says why when a filter cannot work, and keeps the channel", async () => {
    await createNotes(api.owner, "strict");
    await api.owner.query(
      "revoke select on strict from anon; grant select (id, user_id, score) on strict to anon",
    );
    const messages: string[] = [];
    for (const filter of [
      "nothing=eq.1",
      "body=eq.hidden",
      "score=eq.many",
      "score",
      "body=match.(",
      "score=between.1",
    ]) {
      const { system } = await watch(visitor(), { table: "strict", filter }, "error");
      messages.push(system[0]?.message ?? "");
    }
    expect(messages).toEqual([
      "invalid column for filter nothing",
      "invalid column for filter body",
      expect.stringContaining("invalid input syntax for type numeric"),
      expect.stringContaining("malformed"),
      "invalid column for filter body",
      expect.stringContaining("malformed"),
    ]);
  });
});

describe("values", () => {
  test("arrive as PostgREST would send them", async () => {
    await api.owner.query(`
      create type public.colour as enum ('red', 'green');
      create table public.every_type (
        id uuid primary key, n numeric, i8 int8, f float8, b bool, t text, j json, jb jsonb, ts timestamp, tz timestamptz,
        d date, arr int[], words text[], e public.colour, v varchar(5), c char(4), by bytea, iv interval, bits bit(3), empty text
      );
      grant select on public.every_type to anon;
      alter publication supabase_realtime add table public.every_type;`);
    const { changes } = await watch(visitor(), { table: "every_type" });
    await api.owner.query(`insert into every_type values (
      '6f9619ff-8b86-4d01-b42d-00cf4fc964ff', 50.00, 9007199254740991, 0.1, true, e'a "quoted"\\n\\u00e9\\U0001F41D', '{"a":[1, null]}',
      '{"b": {"c": "d"}}', '2026-01-02 03:04:05.678', '2026-01-02 03:04:05+02', '2026-01-02', '{1,2}', '{"a,b",null}', 'green', 'abc',
      'ab', '\\x0102', '1 day 02:00:00', b'101', null)`);
    await vi.waitUntil(() => changes.length === 1, waiting);
    const { rows } = await api.pool.query("select row_to_json(every) as row from public.every_type every");
    expect(changes[0]?.new).toEqual(rows[0].row);
    expect(changes[0]).toMatchObject({ errors: null, schema: "public", eventType: "INSERT", old: {} });
    expect(Date.parse(changes[0]?.commit_timestamp ?? "")).toBeGreaterThan(Date.now() - 60_000);
  });

  test("too large to send are left out, with an error; unchanged ones out of line are absent", async () => {
    await createNotes(api.owner, "heavy");
    await api.owner.query(
      "alter table heavy disable row level security; alter table heavy alter body set storage external",
    );
    const { changes } = await watch(visitor(), { table: "heavy" });
    const owner = "6f9619ff-8b86-4d01-b42d-00cf4fc964ff";
    await api.owner.query(`insert into heavy (user_id, body) values ('${owner}', repeat('x', 1100000))`);
    await api.owner.query("update heavy set score = 1");
    await vi.waitUntil(() => changes.length === 2, waiting);
    expect(changes[0]).toMatchObject({
      errors: ["Error 413: Payload Too Large"],
      new: { id: 1, user_id: owner, score: null },
    });
    expect(changes[1]).toMatchObject({ errors: null, new: { id: 1, user_id: owner, score: 1 } });
    for (const change of changes) expect(change.new).not.toHaveProperty("body");
  });
});

describe("tables that come and go", () => {
  test("one published later begins to flow, and the channel is told", async () => {
    await createNotes(api.owner, "later", false);
    const ada = await user();
    const { changes, system } = await watch(ada.client, { table: "later" }, "error");
    expect(system[0]?.message).toContain("Please check Realtime is enabled");
    await api.owner.query("insert into later (user_id) values ($1)", [ada.id]);
    await api.owner.query("alter publication supabase_realtime add table later");
    await api.owner.query("insert into later (user_id) values ($1)", [ada.id]);
    await vi.waitUntil(() => changes.length === 1, waiting);
    expect(ids(changes)).toEqual([2]);
    await vi.waitUntil(() => system.at(-1)?.status === "ok", waiting);
  });

  test("columns added, renamed, retyped and dropped while subscribed", async () => {
    await createNotes(api.owner, "morphing");
    const ada = await user();
    const { changes } = await watch(ada.client, { table: "morphing" });
    const insert = () => api.owner.query("insert into morphing (user_id) values ($1)", [ada.id]);
    await insert();
    await vi.waitUntil(() => changes.length === 1, waiting);
    await api.owner.query("alter table morphing add column extra int default 7, drop column body");
    await insert();
    await vi.waitUntil(() => changes.length === 2, waiting);
    await api.owner.query(
      "alter table morphing rename column extra to spare; alter table morphing alter spare type text",
    );
    await insert();
    await vi.waitUntil(() => changes.length === 3, waiting);
    expect(changes.map((change) => change.new)).toEqual([
      { id: 1, user_id: ada.id, body: null, score: null },
      { id: 2, user_id: ada.id, score: null, extra: 7 },
      { id: 3, user_id: ada.id, score: null, spare: "7" },
    ]);
  });

  test("the publication may be dropped, used meanwhile and made anew", async () => {
    await createNotes(api.owner, "republished");
    const ada = await user();
    const { changes, system } = await watch(ada.client, { table: "republished" });
    await api.owner.query("drop publication supabase_realtime");
    await api.owner.query("insert into republished (user_id) values ($1)", [ada.id]);
    await vi.waitUntil(() => system.at(-1)?.status === "error", waiting);
    await api.owner.query("create publication supabase_realtime for table republished");
    await vi.waitUntil(() => system.at(-1)?.status === "ok", waiting);
    await api.owner.query("insert into republished (user_id) values ($1)", [ada.id]);
    await vi.waitUntil(() => changes.length === 1, waiting);
    expect(ids(changes)).toEqual([2]);
  });
});
