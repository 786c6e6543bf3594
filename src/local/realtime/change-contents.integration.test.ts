import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import {
  type Change,
  createNotes,
  ids,
  settled,
  startTestRealtime,
  type TestRealtime,
  waiting,
  watch,
} from "./realtime.test-support.ts";

let api: TestRealtime;
beforeAll(async () => {
  api = await startTestRealtime();
});
afterAll(() => api.stop());

afterEach(() => api.closeClients());

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
    const { changes } = await watch(api.visitor(), { table, filter });
    await api.owner.query(`insert into ${table} (user_id, body, score) values
      (gen_random_uuid(), 'four', 4), (gen_random_uuid(), 'five, with comma', 5), (gen_random_uuid(), 'six', 6)`);
    await settled(api);
    expect(changes.map(({ new: row }) => Reflect.get(row, "score"))).toEqual(expected);
  });

  test("many filters on one table, each for itself", async () => {
    await createNotes(api.owner, "many_filters");
    await api.owner.query("alter table many_filters disable row level security");
    const filters = [
      "",
      "score=eq.1",
      "score=eq.2",
      "score=eq.2.0",
      "score=not.eq.2",
      "score=gt.1",
      "score=in.(1,2)",
      "body=eq.b",
      "body=is.null,score=lt.3",
    ];
    const watches = await Promise.all(
      filters.map((filter) =>
        watch(api.visitor(), { table: "many_filters", ...(filter === "" ? {} : { filter }) }),
      ),
    );
    await api.owner.query(
      "insert into many_filters (user_id, body, score) select gen_random_uuid(), b, s from (values ('a', 1), ('b', 2), (null, 3)) v (b, s)",
    );
    await settled(api);
    const seen = watches.map(({ changes }) => changes.map((change) => Reflect.get(change.new, "score")));
    expect(Object.fromEntries(filters.map((filter, index) => [filter, seen[index]]))).toEqual({
      "": [1, 2, 3],
      "score=eq.1": [1],
      "score=eq.2": [2],
      "score=eq.2.0": [2],
      "score=not.eq.2": [1, 3],
      "score=gt.1": [2, 3],
      "score=in.(1,2)": [1, 2],
      "body=eq.b": [2],
      "body=is.null,score=lt.3": [],
    });
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
      updates: await watch(api.visitor(), { event: "UPDATE", table: "first" }),
      table: await watch(api.visitor(), { table: "first" }),
      schema: await watch(api.visitor(), { schema: "public" }),
      all: await watch(api.visitor(), { schema: "*" }),
      narrow: await watch(api.visitor(), { schema: "shop", table: "orders", select: ["total", "nothing"] }),
      twice: await watch(api.visitor(), [
        { event: "INSERT", table: "first" },
        { event: "*", table: "first" },
      ]),
    };
    await api.owner.query("insert into first (user_id) values (gen_random_uuid())");
    await api.owner.query("update first set score = 1");
    await api.owner.query("insert into second (user_id) values (gen_random_uuid())");
    await api.owner.query("insert into shop.orders values (1, 9.90)");
    await settled(api);
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
      const { system } = await watch(api.visitor(), { table: "strict", filter }, "error");
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
    const { changes } = await watch(api.visitor(), { table: "every_type" });
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
    const { changes } = await watch(api.visitor(), { table: "heavy" });
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
    const ada = await api.user();
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
    const ada = await api.user();
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
    const ada = await api.user();
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
