import { mkdtemp, rm } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import type { AddressInfo } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createClient, type RealtimeClientOptions } from "@supabase/supabase-js";
import pg from "pg";
import { afterEach, beforeEach, expect, test, vi } from "vitest";
import ws from "ws";
import { type LocalDatabase, openDatabase } from "../postgres/database.ts";
import { type Watch, waiting, watch } from "./realtime.test-support.ts";
import { createRealtime, type Realtime } from "./realtime.ts";
import { dropStaleSlots } from "./slot.ts";

let dir: string;
let database: LocalDatabase;
let pool: pg.Pool;
let realtime: Realtime;
let server: Server;
const opened: { removeAllChannels(): Promise<unknown> }[] = [];

beforeEach(async () => {
  dir = await mkdtemp(join(tmpdir(), "bee-test-restart-"));
  database = await openDatabase({
    dataDir: join(dir, "data"),
    password: "password-of-this-test",
    children: { add: () => {}, remove: () => {} },
    log: () => {},
    onProgress: () => {},
    onRestarted: () => {},
  });
  const dbUrl = database.url("supabase_admin");
  pool = new pg.Pool({ connectionString: dbUrl, max: 5 });
  pool.on("error", () => {});
  realtime = createRealtime({ dbUrl, pool, log: () => {}, verify: async (token) => ({ role: token }) });
  await realtime.start();
  server = createServer().listen(0, "127.0.0.1");
  server.on("upgrade", (request, socket, head) => realtime.upgrade(request, socket, head));
  await pool.query(`
    create table public.events (id serial primary key);
    grant select on public.events to service_role; alter publication supabase_realtime add table public.events;`);
});

afterEach(async () => {
  await Promise.all(opened.splice(0).map((client) => client.removeAllChannels()));
  await realtime.stop();
  server.close();
  await pool.end();
  await database.server.pause();
  await rm(dir, { recursive: true, force: true });
});

function watchEvents(): Promise<Watch> {
  const client = createClient(`http://127.0.0.1:${(server.address() as AddressInfo).port}`, "service_role", {
    auth: { persistSession: false, autoRefreshToken: false },
    realtime: { transport: ws as unknown as NonNullable<RealtimeClientOptions["transport"]> },
  });
  opened.push(client);
  return watch(client, { table: "events" });
}

async function insert(): Promise<number> {
  return vi.waitFor(
    async () => (await pool.query("insert into public.events default values returning id")).rows[0].id,
    waiting,
  );
}

const ids = ({ changes }: Watch) => changes.map((change) => Number(Reflect.get(change.new, "id")));

test("a Postgres that is stopped and started again: the channel stays, no change is lost or doubled", async () => {
  const watched = await watchEvents();
  const written: number[] = [];
  for (let round = 0; round < 3; round++) {
    written.push(await insert());
    // Once with a change under way, else with a stream at rest.
    if (round > 0) await vi.waitUntil(() => watched.changes.length === written.length, waiting);
    const begun = performance.now();
    await database.server.pause();
    expect(performance.now() - begun).toBeLessThan(15_000);
    await database.server.resume();
    // Written before the stream is back: the slot has kept it.
    written.push(await insert());
    await vi.waitUntil(() => watched.changes.length >= written.length, waiting);
  }
  expect(ids(watched)).toEqual(written);
  expect(watched.channel.state).toBe("joined");
  await vi.waitUntil(() => watched.system.at(-1)?.status === "ok", waiting);
  expect(watched.system.map(({ status }) => status)).toContain("error");
});

test("a Postgres killed under load: every committed change arrives, once", async () => {
  const watched = await watchEvents();
  const written = new Set<number>();
  let writing = true;
  const writer = (async () => {
    while (writing) written.add(await insert());
  })();
  await vi.waitUntil(() => written.size > 50, waiting);
  process.kill(database.server.current?.pid ?? 0, "SIGKILL");
  const before = written.size;
  await vi.waitUntil(() => written.size > before + 50, { timeout: 20_000, interval: 20 });
  writing = false;
  await writer;
  const last = Math.max(...written);
  await vi.waitUntil(() => ids(watched).includes(last), waiting);
  const seen = ids(watched);
  expect(new Set(seen).size).toBe(seen.length);
  expect([...written].filter((id) => !seen.includes(id))).toEqual([]);
});

test("a lost replication connection is opened again without a gap", async () => {
  const watched = await watchEvents();
  const written: number[] = [];
  for (let round = 0; round < 5; round++) {
    await pool.query("select pg_terminate_backend(active_pid) from pg_replication_slots where active");
    written.push(await insert(), await insert());
  }
  await vi.waitUntil(() => watched.changes.length >= written.length, waiting);
  expect(ids(watched)).toEqual(written);
});

test("a slot that is taken away is made anew", async () => {
  const watched = await watchEvents();
  await pool.query(`do $$ declare slot record; begin
    select * into slot from pg_replication_slots;
    perform pg_terminate_backend(slot.active_pid);
    while exists (select from pg_replication_slots where active) loop perform pg_sleep(0.001); end loop;
    perform pg_drop_replication_slot(slot.slot_name);
  end $$`);
  await vi.waitUntil(async () => {
    await insert();
    return watched.changes.length > 0;
  }, waiting);
});

test("stopping leaves no slot, a stale one is dropped at the next start, and starting again serves", async () => {
  const slots = async () => (await pool.query("select slot_name from pg_replication_slots")).rows;
  expect(await slots()).toHaveLength(1);
  await realtime.stop();
  expect(await slots()).toEqual([]);
  await pool.query(
    "select pg_create_logical_replication_slot('bee_rt_1_dead', 'pgoutput'), pg_create_logical_replication_slot('another', 'pgoutput')",
  );
  await realtime.start();
  expect((await slots()).map(({ slot_name }) => slot_name).sort()).toEqual([
    "another",
    expect.stringMatching(/^bee_rt_\d+_[0-9a-f]{8}$/),
  ]);
  const watched = await watchEvents();
  await insert();
  await vi.waitUntil(() => watched.changes.length === 1, waiting);
  expect(await dropStaleSlots(pool)).toBe(0);
  await pool.query("select pg_drop_replication_slot('another')");
});

test("a stream with nothing to tell lets the WAL go", async () => {
  const lag = async (): Promise<number> =>
    (
      await pool.query("select pg_current_wal_lsn() - confirmed_flush_lsn as lag from pg_replication_slots")
    ).rows.map(({ lag }) => Number(lag))[0] ?? -1;
  await pool.query(
    "create table public.unpublished as select repeat('x', 1000) from generate_series(1, 5000)",
  );
  expect(await lag()).toBeGreaterThan(1_000_000);
  await vi.waitUntil(async () => (await lag()) < 10_000, waiting);
});

test("starting and stopping at once ends what was begun", async () => {
  for (let round = 0; round < 10; round++) {
    await realtime.stop();
    const starting = realtime.start();
    await new Promise((resolve) => setTimeout(resolve, round));
    await Promise.all([starting, realtime.stop()]);
    expect((await pool.query("select from pg_replication_slots")).rowCount).toBe(0);
  }
});

test("starting does not wait for a long transaction, and stopping does not either", async () => {
  await realtime.stop();
  const open = await pool.connect();
  await open.query("begin; create table public.slow ()");
  const begun = performance.now();
  await realtime.start();
  expect(performance.now() - begun).toBeLessThan(15_000);
  await realtime.stop();
  expect(performance.now() - begun).toBeLessThan(30_000);
  await open.query("rollback");
  open.release();
  expect((await pool.query("select from pg_replication_slots")).rowCount).toBe(0);
});
