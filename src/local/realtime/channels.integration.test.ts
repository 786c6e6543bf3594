import { randomBytes } from "node:crypto";
import { RealtimeClient, type RealtimeClientOptions } from "@supabase/supabase-js";
import { SignJWT } from "jose";
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from "vitest";
import ws from "ws";
import {
  createNotes,
  startTestRealtime,
  subscribed,
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

/** A client of an older serializer, such as other SDKs still use. */
function oldClient(): RealtimeClient {
  const client = new RealtimeClient(`${api.url.replace("http", "ws")}/realtime/v1`, {
    params: { apikey: api.identity.anonKey },
    vsn: "1.0.0",
    transport: ws as unknown as NonNullable<RealtimeClientOptions["transport"]>,
  });
  return api.track(client);
}

/** A user token of the project that expires in so many seconds. */
function mintToken(claims: Readonly<Record<string, unknown>>, seconds: number): Promise<string> {
  return new SignJWT(claims)
    .setProtectedHeader({ alg: "HS256", typ: "JWT" })
    .setExpirationTime(Math.floor(Date.now() / 1000) + seconds)
    .sign(new TextEncoder().encode(api.identity.jwtSecret));
}

describe("broadcast", () => {
  test("reaches the others in the topic, of either serializer, and oneself only when asked", async () => {
    const [sender, other, elsewhere, old] = [api.visitor(), api.visitor(), api.visitor(), oldClient()];
    const got: Record<string, unknown[]> = { sender: [], other: [], elsewhere: [], old: [] };
    const listen = (name: string, client: Pick<RealtimeClient, "channel">, topic: string, self = false) => {
      const channel = client.channel(topic, { config: { broadcast: { self, ack: true } } });
      channel.on("broadcast", { event: "*" }, ({ event, payload }) => got[name]?.push([event, payload]));
      return subscribed(channel).then(() => channel);
    };
    const from = await listen("sender", sender.realtime, "room");
    await listen("other", other.realtime, "room");
    await listen("elsewhere", elsewhere.realtime, "another room");
    const fromOld = await listen("old", old, "room", true);
    expect(await from.send({ type: "broadcast", event: "cursor", payload: { x: 1, text: "é🐝" } })).toBe(
      "ok",
    );
    expect(await fromOld.send({ type: "broadcast", event: "old", payload: { y: 2 } })).toBe("ok");
    await vi.waitUntil(() => got["old"]?.length === 2 && got["other"]?.length === 2, waiting);
    const both = [
      ["cursor", { x: 1, text: "é🐝" }],
      ["old", { y: 2 }],
    ];
    expect(got).toEqual({ sender: both.slice(1), other: both, elsewhere: [], old: both });
  });

  test("carries bytes between clients that can", async () => {
    const [sender, receiver] = [api.visitor(), api.visitor()];
    const bytes = randomBytes(100_000);
    const got: ArrayBuffer[] = [];
    const to = receiver
      .channel("bytes")
      .on("broadcast", { event: "blob" }, ({ payload }) => got.push(payload));
    const from = sender.channel("bytes");
    await Promise.all([subscribed(to), subscribed(from)]);
    const payload = bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength);
    await from.send({ type: "broadcast", event: "blob", payload });
    await vi.waitUntil(() => got.length === 1, waiting);
    expect(Buffer.from(got[0] ?? new ArrayBuffer(0)).equals(bytes)).toBe(true);
  });

  test("over HTTP needs a key and reaches the topic", async () => {
    const receiver = api.visitor();
    const got: unknown[] = [];
    await subscribed(
      receiver
        .channel("posted")
        .on("broadcast", { event: "*" }, ({ event, payload }) => got.push([event, payload])),
    );
    const sender = api.visitor().channel("posted");
    expect(await sender.httpSend("news", { a: 1 })).toEqual({ success: true });
    const batch = { messages: [{ topic: "posted", event: "batch", payload: { b: 2 } }] };
    const post = (headers: Record<string, string>, body: unknown = batch) =>
      fetch(`${api.url}/realtime/v1/api/broadcast`, { method: "POST", headers, body: JSON.stringify(body) });
    expect((await post({})).status).toBe(401);
    expect((await post({ apikey: "wrong" })).status).toBe(401);
    expect((await post({ apikey: api.identity.anonKey }, { messages: "x" })).status).toBe(422);
    expect((await post({ apikey: api.identity.anonKey })).status).toBe(202);
    await vi.waitUntil(() => got.length === 2, waiting);
    expect(got).toEqual([
      ["news", { a: 1 }],
      ["batch", { b: 2 }],
    ]);
  });
});

describe("presence", () => {
  test("shows who is there, who comes, changes and goes", async () => {
    const [ada, bob] = [api.visitor(), api.visitor()];
    const join = async (client: typeof ada, key: string) => {
      const channel = client.channel("lobby", { config: { presence: { key } } });
      channel.on("presence", { event: "sync" }, () => {});
      await subscribed(channel);
      return channel;
    };
    const first = await join(ada, "ada");
    expect(await first.track({ mood: "calm" })).toBe("ok");
    await vi.waitUntil(() => "ada" in first.presenceState(), waiting);
    const second = await join(bob, "bob");
    await second.track({ mood: "busy" });
    const moods = (channel: typeof first) =>
      Object.fromEntries(
        Object.entries(channel.presenceState<{ mood: string }>()).map(([key, metas]) => [
          key,
          metas.map(({ mood }) => mood),
        ]),
      );
    await vi.waitUntil(() => "bob" in first.presenceState() && "ada" in second.presenceState(), waiting);
    await first.track({ mood: "gone fishing" });
    await vi.waitUntil(() => moods(second)["ada"]?.[0] === "gone fishing", waiting);
    expect(moods(second)).toEqual({ ada: ["gone fishing"], bob: ["busy"] });
    await first.untrack();
    await vi.waitUntil(() => !("ada" in second.presenceState()), waiting);
    await first.track({ mood: "back" });
    await vi.waitUntil(() => "ada" in second.presenceState(), waiting);
    // A socket that breaks takes its presence with it.
    await ada.realtime.disconnect();
    await vi.waitUntil(() => !("ada" in second.presenceState()), waiting);
    expect(moods(second)).toEqual({ bob: ["busy"] });
  });
});

describe("tokens", () => {
  test("a channel joined before signing in sees the user's rows afterwards", async () => {
    await createNotes(api.owner, "early");
    const { id, email } = await api.user();
    const client = api.visitor();
    const { changes } = await watch(client, { table: "early" });
    await client.auth.signInWithPassword({ email, password: "correct horse" });
    await vi.waitUntil(async () => {
      await api.owner.query("insert into early (user_id) values ($1)", [id]);
      return changes.length > 0;
    }, waiting);
    expect(changes[0]?.new).toMatchObject({ user_id: id });
  });

  test("a refreshed token keeps the channel open", async () => {
    await createNotes(api.owner, "refreshed");
    const { client, id } = await api.user();
    const { changes, channel } = await watch(client, { table: "refreshed" });
    await client.auth.refreshSession();
    await api.owner.query("insert into refreshed (user_id) values ($1)", [id]);
    await vi.waitUntil(() => changes.length === 1, waiting);
    expect(channel.state).toBe("joined");
  });

  test("one that expires closes its channel and says why", async () => {
    const client = api.visitor();
    await client.realtime.setAuth(await mintToken({ role: "authenticated", sub: crypto.randomUUID() }, 2));
    const channel = client.channel("short");
    const system: { message: string }[] = [];
    const states: string[] = [];
    channel.on("system", {}, (payload) => system.push(payload));
    channel.subscribe((status) => states.push(status));
    await vi.waitUntil(() => states.includes("CLOSED"), waiting);
    expect(states).toEqual(["SUBSCRIBED", "CLOSED"]);
    expect(system.at(-1)).toMatchObject({
      status: "error",
      extension: "system",
      message: "Token has expired 0 seconds ago",
    });
  });

  test.each([
    ["a forged one", async () => "eyJhbGciOiJIUzI1NiJ9.eyJyb2xlIjoic2VydmljZV9yb2xlIn0.x", /InvalidJWTToken/],
    ["an expired one", () => mintToken({ role: "authenticated" }, -5), /InvalidJWTToken/],
    ["one for a superuser", () => mintToken({ role: "supabase_admin" }, 60), /may not use the API/],
    ["one for a role that does not exist", () => mintToken({ role: "nobody" }, 60), /may not use the API/],
  ])("refuses %s", async (_what, token, message) => {
    const client = api.visitor();
    await client.realtime.setAuth(await token());
    await expect(subscribed(client.channel("refused"))).rejects.toThrow(message);
  });

  test("private channels are refused, not taken for public ones", async () => {
    await expect(subscribed(api.visitor().channel("p", { config: { private: true } }))).rejects.toThrow(
      "private channels",
    );
  });
});
