import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { startTestPostgres, type TestDatabase, type TestPostgres } from "../../tests/support/postgres.ts";
import { failureOf, openDatabase, takeLock } from "../../tests/support/target.ts";
import type { Database } from "./database.ts";
import { createDeployLock } from "./deploy-lock.ts";

let server: TestPostgres;
let target: TestDatabase;
let database: Database;

beforeAll(async () => {
  server = await startTestPostgres();
});
afterAll(() => server.stop());
beforeEach(async () => {
  target = await server.createDatabase();
  database = openDatabase(target.url);
});
afterEach(async () => {
  await database.close();
  await target.drop();
});

const request = (holder: string, ttlMs = 60_000) => ({ holder, message: `bee deploy by ${holder}`, ttlMs });
const audit = () => database.query("select action, actor, token::int, detail from bee.audit order by id");
const expire = () =>
  database.query("update bee.deploy_lock set expires_at = clock_timestamp() - interval '1 ms'");

describe("the deploy lock", () => {
  it("reads, renews, releases and breaks nothing where schema bee does not exist", async () => {
    const lock = createDeployLock(database);
    expect(await lock.read()).toBeNull();
    expect(await lock.renew({ token: 1, holder: "a" }, 1_000)).toBe(false);
    expect(await lock.breakLock("b", "why")).toBeNull();
    await lock.release({ token: 1, holder: "a" });
    expect(await database.query("select from pg_namespace where nspname = 'bee'")).toEqual([]);
  });

  it("is given to one, who others are told of", async () => {
    const lock = createDeployLock(database);
    expect(await lock.acquire(request("a"))).toEqual({ lease: { token: 1, holder: "a" } });
    expect(await lock.acquire(request("b"))).toEqual({
      heldBy: expect.objectContaining({ holder: "a", message: "bee deploy by a", token: 1 }),
    });
    const held = await lock.read();
    expect(Date.parse(held?.expiresAt ?? "") - Date.parse(held?.acquiredAt ?? "")).toBe(60_000);
  });

  it("is given to exactly one of many who ask at once, on a database that never saw bee", async () => {
    const several = Array.from({ length: 6 }, (_, index) => openDatabase(target.url, `bee-${index}`));
    const answers = await Promise.all(
      several.map((one, index) => createDeployLock(one).acquire(request(`r${index}`))),
    );
    expect(answers.filter((answer) => "lease" in answer)).toHaveLength(1);
    await Promise.all(several.map((one) => one.close()));
  });

  it("needs no session of its own: each call may come over another connection, as through a pooler", async () => {
    const overAnother = async <T>(work: (one: Database) => Promise<T>): Promise<T> => {
      const one = openDatabase(target.url);
      try {
        return await work(one);
      } finally {
        await one.close();
      }
    };
    const lease = await overAnother((one) => takeLock(one, "a"));
    expect(await overAnother((one) => createDeployLock(one).acquire(request("b")))).toMatchObject({
      heldBy: { holder: "a" },
    });
    expect(await overAnother((one) => createDeployLock(one).renew(lease, 60_000))).toBe(true);
    await overAnother((one) => createDeployLock(one).release(lease));
    expect(await overAnother((one) => createDeployLock(one).read())).toBeNull();
  });

  it("is free again when released, with a higher token", async () => {
    const lock = createDeployLock(database);
    const lease = await takeLock(database, "a");
    await lock.release(lease);
    expect(await lock.read()).toBeNull();
    expect((await takeLock(database, "b")).token).toBeGreaterThan(lease.token);
    expect(await audit()).toEqual([
      { action: "acquire", actor: "a", token: 1, detail: "a test" },
      { action: "release", actor: "a", token: 1, detail: null },
      { action: "acquire", actor: "b", token: 2, detail: "a test" },
    ]);
  });

  it("is taken over when expired; the former holder can neither renew nor release", async () => {
    const lock = createDeployLock(database);
    const lost = await takeLock(database, "a");
    await expire();
    expect(await lock.read()).toBeNull();
    const lease = await takeLock(database, "b");
    expect(await lock.renew(lost, 60_000)).toBe(false);
    await lock.release(lost);
    expect(await lock.read()).toMatchObject({ holder: "b", token: lease.token });
    expect((await audit()).at(-1)).toEqual({
      action: "take over",
      actor: "b",
      token: lease.token,
      detail: "a test; expired lock of a",
    });
  });

  it("is taken over at once from a process of this host that is gone, and from no other", async () => {
    const dead = { self: "here/1234/1", isGone: () => false };
    const other = { self: "elsewhere/1234/1", isGone: () => false };
    const next = { self: "here/99/2", isGone: (process: string) => process === dead.self };
    await createDeployLock(database, other).acquire(request("other"));
    expect(await createDeployLock(database, next).acquire(request("next"))).toMatchObject({
      heldBy: { holder: "other" },
    });
    await database.query("delete from bee.deploy_lock");
    const first = await createDeployLock(database, dead).acquire(request("dead"));
    const lost = "lease" in first ? first.lease : null;
    expect(await createDeployLock(database, next).acquire(request("next"))).toMatchObject({
      lease: { holder: "next" },
    });
    expect(lost != null && (await createDeployLock(database, dead).renew(lost, 60_000))).toBe(false);
    expect((await audit()).at(-1)).toMatchObject({
      action: "take over",
      actor: "next",
      detail: "bee deploy by next; lock of the dead dead",
    });
  });

  it("tells how long it is held by the database's clock", async () => {
    await takeLock(database, "a");
    await database.query("update bee.deploy_lock set acquired_at = acquired_at - interval '90 s'");
    const held = await createDeployLock(database).read();
    expect(Math.floor((held?.heldForMs ?? 0) / 1_000)).toBe(90);
  });

  it("stays with its holder when nobody took it over, however late the heartbeat", async () => {
    const lock = createDeployLock(database);
    const lease = await takeLock(database, "a");
    await expire();
    expect(await lock.renew(lease, 60_000)).toBe(true);
    expect(await lock.read()).toMatchObject({ holder: "a", token: lease.token });
  });

  it("is broken with a trace of by whom and why", async () => {
    const lock = createDeployLock(database);
    await takeLock(database, "a");
    expect(await lock.breakLock("ops", "laptop died")).toMatchObject({ holder: "a", token: 1 });
    expect(await lock.read()).toBeNull();
    expect((await audit()).at(-1)).toEqual({
      action: "break",
      actor: "ops",
      token: 1,
      detail: "laptop died; held by a",
    });
  });

  it("refuses to touch what a newer bee made", async () => {
    await takeLock(database, "a");
    await database.query("delete from bee.deploy_lock");
    await database.query("update bee.schema_version set version = 99");
    expect(await failureOf(createDeployLock(database).acquire(request("b")))).toMatchObject({
      code: "BEE-E551",
      exit: 2,
    });
    expect(await database.query("select holder from bee.deploy_lock")).toEqual([]);
  });

  it("says what to do when the role may not create schema bee", async () => {
    const other = openDatabase(server.url("authenticator", new URL(target.url).pathname.slice(1)));
    expect(await failureOf(createDeployLock(other).acquire(request("x")))).toMatchObject({
      code: "BEE-E552",
      hint: expect.stringContaining("owns the database"),
    });
    await other.close();
  });
});

describe("schema bee", () => {
  it("is closed to the API's roles and to everybody else", async () => {
    await takeLock(database);
    const open = await database.query(`
select role.rolname, relation.relname
from pg_roles role, pg_class relation
where role.rolname in ('anon', 'authenticated', 'service_role', 'authenticator')
and relation.relnamespace = 'bee'::regnamespace and relation.relkind in ('r', 'S')
and (has_schema_privilege(role.rolname, 'bee', 'usage')
  or relation.relkind = 'r' and has_table_privilege(role.rolname, relation.oid, 'select, insert, update, delete')
  or relation.relkind = 'S' and has_sequence_privilege(role.rolname, relation.oid, 'usage, select, update'))`);
    expect(open).toEqual([]);
    const callable = await database.query(`
select proname from pg_proc where pronamespace = 'bee'::regnamespace
and (proacl is null or has_function_privilege('anon', oid, 'execute') or has_function_privilege('service_role', oid, 'execute'))`);
    expect(callable).toEqual([]);
    const unguarded = await database.query(
      "select relname from pg_class where relnamespace = 'bee'::regnamespace and relkind = 'r' and not relrowsecurity",
    );
    expect(unguarded).toEqual([]);
  });
});
