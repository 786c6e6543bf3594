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

describe("row security", () => {
  test("shows each of two users their own rows alone, a visitor none, the service all", async () => {
    await createNotes(api.owner, "isolated");
    const [ada, bob] = [await api.user(), await api.user()];
    const watches = {
      ada: await watch(ada.client, { table: "isolated" }),
      bob: await watch(bob.client, { table: "isolated" }),
      anon: await watch(api.visitor(), { table: "isolated" }),
      service: await watch(api.visitor(api.identity.serviceRoleKey), { table: "isolated" }),
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
    await settled(api);
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
    await settled(api);
    for (const { changes } of Object.values(watches)) {
      const deletes = changes.slice(-2).map(({ eventType, old }) => JSON.stringify([eventType, old]));
      expect(deletes.sort()).toEqual(['["DELETE",{"id":1}]', '["DELETE",{"id":2}]']);
    }
  });

  test("tells of a deleted row its key alone, even where the table logs all of it", async () => {
    await createNotes(api.owner, "full_notes");
    await api.owner.query("alter table full_notes replica identity full");
    const [ada, bob] = [await api.user(), await api.user()];
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
    const ada = await api.user();
    const mine = await watch(ada.client, { table: "shifting" });
    const insert = () => api.owner.query("insert into shifting (user_id) values ($1)", [ada.id]);
    await insert();
    await settled(api);
    await api.owner.query("alter policy own on shifting using (false)");
    await insert();
    await settled(api);
    await api.owner.query("alter policy own on shifting using (true)");
    await insert();
    await settled(api);
    await api.owner.query("revoke select on shifting from authenticated");
    await insert();
    await settled(api);
    await api.owner.query("grant select (id, user_id) on shifting to authenticated");
    await insert();
    await settled(api);
    expect(ids(mine.changes)).toEqual([1, 3, 5]);
    expect(mine.changes[2]?.new).toEqual({ id: 5, user_id: ada.id });
    await api.owner.query(
      "alter table shifting disable row level security; grant select on shifting to authenticated",
    );
    await insert();
    await settled(api);
    expect(ids(mine.changes)).toEqual([1, 3, 5, 6]);
  });

  test("withholds what it cannot judge: no primary key, a policy that fails", async () => {
    await createNotes(api.owner, "keyless");
    await createNotes(api.owner, "failing");
    await api.owner.query(`
      alter table keyless drop constraint keyless_pkey, replica identity full;
      alter policy own on failing using (1 / (score::int - score::int) = 1);`);
    const ada = await api.user();
    const mine = await watch(ada.client, [{ table: "keyless" }, { table: "failing" }]);
    const service = await watch(api.visitor(api.identity.serviceRoleKey), [
      { table: "keyless" },
      { table: "failing" },
    ]);
    await api.owner.query("insert into keyless (user_id) values ($1)", [ada.id]);
    await api.owner.query("insert into failing (user_id, score) values ($1, 1)", [ada.id]);
    await vi.waitUntil(() => service.changes.length === 2, waiting);
    await settled(api);
    expect(mine.changes).toEqual([]);
    await api.owner.query("alter table keyless add primary key (id)");
    await api.owner.query("insert into keyless (user_id) values ($1)", [ada.id]);
    await vi.waitUntil(() => mine.changes.length === 1, waiting);
  });
});

test("a policy that fails for one of many users withholds from that one alone", async () => {
  await createNotes(api.owner, "partly");
  const users = await Promise.all(Array.from({ length: 9 }, () => api.user()));
  const unlucky = users[4]?.id ?? "";
  await api.owner.query(`alter policy own on partly using (
    case when (select auth.uid()) = '${unlucky}' then 1 / (score::int - score::int) = 1 else true end)`);
  const watches = await Promise.all(users.map(({ client }) => watch(client, { table: "partly" })));
  for (let score = 1; score <= 3; score++) {
    await api.owner.query("insert into partly (user_id, score) values ($1, $2)", [unlucky, score]);
  }
  await settled(api);
  expect(watches.map(({ changes }) => ids(changes))).toEqual(
    users.map(({ id }) => (id === unlucky ? [] : [1, 2, 3])),
  );
});

test("no event is lost or stale in 40 runs from subscription to change", async () => {
  await createNotes(api.owner, "repeated");
  const ada = await api.user();
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
  const ada = await api.user();
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
  const ada = await api.user();
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
