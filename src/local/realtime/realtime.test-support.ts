import type { RealtimeChannel, RealtimePostgresChangesPayload, SupabaseClient } from "@supabase/supabase-js";
import pg from "pg";
import { vi } from "vitest";
import { startTestApi, type TestApi } from "../auth/api.test-support.ts";
import { serveHandler, splitTarget } from "../http/handler-server.ts";
import { createRealtime, type Realtime } from "./realtime.ts";

export type Change = RealtimePostgresChangesPayload<Record<string, unknown>>;

export interface TestRealtime extends TestApi {
  readonly realtime: Realtime;
  /** As `postgres`, who owns the app's tables. */
  readonly owner: pg.Client;
  /** A client that is disconnected by `closeClients`, and so are those below. */
  track<T extends Closable>(client: T): T;
  /** Nobody signed in, or whoever the key says. */
  visitor(key?: string): SupabaseClient;
  user(): Promise<TestUser>;
  closeClients(): Promise<void>;
}

interface Closable {
  removeAllChannels(): Promise<unknown>;
}

interface TestUser {
  readonly client: SupabaseClient;
  readonly id: string;
  readonly email: string;
}

/** Auth and realtime on a database of their own; for tests. */
export async function startTestRealtime(
  options: { readonly maxConnections?: number } = {},
): Promise<TestRealtime> {
  const api = await startTestApi();
  const realtime = createRealtime({
    dbUrl: api.adminUrl,
    pool: api.pool,
    verify: api.verify,
    log: api.log,
    ...options,
  });
  attach(api, realtime);
  await realtime.start();
  const owner = new pg.Client(api.ownerUrl);
  await owner.connect();
  const opened: Closable[] = [];
  const track = <T extends Closable>(client: T): T => {
    opened.push(client);
    return client;
  };
  const closeClients = async () => {
    await Promise.all(opened.splice(0).map((client) => client.removeAllChannels()));
  };
  return {
    ...api,
    realtime,
    owner,
    track,
    closeClients,
    visitor: (key) => track(api.client(key)),
    user: () => signUp(track(api.client())),
    async stop() {
      await closeClients();
      await owner.end();
      await realtime.stop();
      await api.stop();
    },
  };
}

/** Upgrades, and the broadcast endpoint in front of what the server answers otherwise. */
function attach(api: TestApi, realtime: Realtime): void {
  api.server.on("upgrade", (request, socket, head) => realtime.upgrade(request, socket, head));
  const others = api.server.listeners("request");
  api.server.removeAllListeners("request");
  api.server.on("request", (request, response) => {
    const { path, query } = splitTarget(request.url ?? "/");
    if (!path.startsWith("/realtime/v1/")) {
      for (const other of others) other.call(api.server, request, response);
      return;
    }
    void serveHandler(request, response, {
      handler: realtime.handle,
      path: path.slice("/realtime/v1".length),
      query,
      maxBytes: 1_048_576,
    });
  });
}

export interface Watch {
  readonly channel: RealtimeChannel;
  readonly changes: Change[];
  /** Messages of the system events, in order. */
  readonly system: { readonly status: string; readonly message: string; readonly extension: string }[];
}

interface WatchOptions {
  readonly event?: "*" | "INSERT" | "UPDATE" | "DELETE";
  readonly schema?: string;
  readonly table?: string;
  readonly filter?: string;
  readonly select?: string[];
}

let channels = 0;

/** Subscribes and waits until the server has said that changes flow, or `until` it has said what it should. */
export async function watch(
  client: SupabaseClient,
  options: WatchOptions | readonly WatchOptions[] = {},
  until: "ok" | "error" | "joined" = "ok",
): Promise<Watch> {
  const changes: Change[] = [];
  const system: Watch["system"] = [];
  const channel = client.channel(`watch ${++channels}`);
  for (const { event = "*", schema = "public", ...rest } of Array.isArray(options) ? options : [options]) {
    channel.on("postgres_changes", { event: event as "*", schema, ...rest }, (change) =>
      changes.push(change),
    );
  }
  channel.on("system", {}, (payload) => system.push(payload));
  await subscribed(channel);
  if (until !== "joined") await vi.waitUntil(() => system.some(({ status }) => status === until), waiting);
  return { channel, changes, system };
}

export function subscribed(channel: RealtimeChannel): Promise<void> {
  return new Promise((resolve, reject) => {
    channel.subscribe((status, error) => {
      if (status === "SUBSCRIBED") resolve();
      else if (status !== "CLOSED") reject(error ?? new Error(status));
    });
  });
}

/** For vi.waitFor and vi.waitUntil. */
export const waiting = { timeout: 8000, interval: 5 };

let users = 0;

async function signUp(client: SupabaseClient): Promise<TestUser> {
  const email = `realtime${++users}@example.test`;
  const { data, error } = await client.auth.signUp({ email, password: "correct horse" });
  if (error !== null || data.user === null) throw error ?? new Error("no user");
  return { client, id: data.user.id, email };
}

/** A table of notes, each its owner's alone, published unless told otherwise. */
export async function createNotes(owner: pg.Client, name: string, published = true): Promise<void> {
  await owner.query(`
    create table public.${name} (id bigserial primary key, user_id uuid not null, body text, score numeric(5,2));
    grant select on public.${name} to anon, authenticated, service_role;
    alter table public.${name} enable row level security;
    create policy own on public.${name} for all using (user_id = (select auth.uid()));`);
  if (published) await owner.query(`alter publication supabase_realtime add table public.${name}`);
}

/** Resolves once everything committed before it has been delivered: a row of the marker table has arrived. */
export async function settled(api: TestRealtime): Promise<void> {
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

export function ids(changes: readonly Change[]): readonly number[] {
  return changes.map((change) => Number(Reflect.get(change.new, "id")));
}
