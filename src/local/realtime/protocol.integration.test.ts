import { randomBytes } from "node:crypto";
import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import { startTestRealtime, type TestRealtime, waiting } from "./test-realtime.ts";

const maxConnections = 8;
let api: TestRealtime;
beforeAll(async () => {
  api = await startTestRealtime({ maxConnections });
});
afterAll(() => api.stop());

interface RawClient {
  readonly socket: WebSocket;
  readonly messages: unknown[];
  send(...parts: unknown[]): void;
}

function open(query = ""): Promise<RawClient> {
  const socket = new WebSocket(
    `${api.url.replace("http", "ws")}/realtime/v1/websocket?apikey=${api.identity.anonKey}&vsn=2.0.0${query}`,
  );
  const messages: unknown[] = [];
  socket.on("message", (data) => messages.push(JSON.parse(String(data))));
  return new Promise((resolve, reject) => {
    socket.once("open", () =>
      resolve({ socket, messages, send: (...parts) => socket.send(JSON.stringify(parts)) }),
    );
    socket.once("error", reject);
  });
}

async function reply(client: RawClient, ref: string): Promise<unknown> {
  const find = () =>
    client.messages.find(
      (message) => Array.isArray(message) && message[1] === ref && message[3] === "phx_reply",
    );
  await vi.waitUntil(find, waiting);
  return find();
}

const heartbeat = (client: RawClient, ref: string) => {
  client.send(null, ref, "phoenix", "heartbeat", {});
  return reply(client, ref);
};

describe("the order of messages", () => {
  test("on joining: reply, presence, system; on leaving: reply, close", async () => {
    await api.owner.query(`
      create table if not exists public.ordered (id int primary key);
      grant select on public.ordered to anon; alter publication supabase_realtime add table public.ordered;`);
    const client = await open();
    const change = { event: "*", schema: "public", table: "ordered", extra: 1 };
    const config = {
      broadcast: { ack: false, self: false },
      presence: { key: "", enabled: true },
      postgres_changes: [change],
    };
    client.send("1", "1", "realtime:ordered", "phx_join", { config });
    await vi.waitUntil(() => client.messages.length === 3, waiting);
    expect(client.messages).toEqual([
      [
        "1",
        "1",
        "realtime:ordered",
        "phx_reply",
        { status: "ok", response: { postgres_changes: [{ ...change, id: expect.any(Number) }] } },
      ],
      ["1", null, "realtime:ordered", "presence_state", {}],
      [
        "1",
        null,
        "realtime:ordered",
        "system",
        {
          extension: "postgres_changes",
          status: "ok",
          message: "Subscribed to PostgreSQL",
          channel: "ordered",
        },
      ],
    ]);
    await api.owner.query("insert into ordered values (1)");
    await vi.waitUntil(() => client.messages.length === 4, waiting);
    expect(client.messages[3]).toEqual([
      "1",
      null,
      "realtime:ordered",
      "postgres_changes",
      {
        ids: [expect.any(Number)],
        data: {
          schema: "public",
          table: "ordered",
          type: "INSERT",
          commit_timestamp: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
          errors: null,
          columns: [{ name: "id", type: "int4" }],
          record: { id: 1 },
        },
      },
    ]);
    client.send("1", "2", "realtime:ordered", "phx_leave", {});
    await vi.waitUntil(() => client.messages.length === 6, waiting);
    expect(client.messages.slice(4)).toEqual([
      ["1", "2", "realtime:ordered", "phx_reply", { status: "ok", response: {} }],
      ["1", "1", "realtime:ordered", "phx_close", {}],
    ]);
    client.socket.close();
  });

  test("a topic joined again replaces the earlier channel", async () => {
    const client = await open();
    client.send("1", "1", "realtime:again", "phx_join", {});
    client.send("2", "2", "realtime:again", "phx_join", {});
    await reply(client, "2");
    expect(
      client.messages.map((message) => [Reflect.get(Object(message), 0), Reflect.get(Object(message), 3)]),
    ).toEqual([
      ["1", "phx_reply"],
      ["1", "phx_close"],
      ["2", "phx_reply"],
    ]);
    client.socket.close();
  });
});

describe("nonsense", () => {
  const frames: readonly (string | Buffer)[] = [
    "",
    "{",
    "null",
    "[]",
    '"text"',
    "[1,2,3,4]",
    "[null,null,null,null,null]",
    '[{},{},"realtime:x","phx_join",{}]',
    `["1","1","${"x".repeat(5000)}","phx_join",{}]`,
    `${"[".repeat(100_000)}`,
    Buffer.alloc(0),
    Buffer.from([3]),
    Buffer.from([3, 255, 255, 255, 255, 255, 1, 0]),
    Buffer.from([0, 0, 0, 0, 0, 0, 0]),
    Buffer.from([3, 0, 0, 1, 1, 0, 1, 97, 98, 123]),
    randomBytes(500),
  ];

  test("is ignored a while, then the client is let go; others notice nothing", async () => {
    const bystander = await open();
    const client = await open();
    const closed = new Promise<number>((resolve) => client.socket.once("close", resolve));
    for (const frame of [...frames, ...frames]) client.socket.send(frame);
    expect(await closed).toBe(1008);
    expect(await heartbeat(bystander, "9")).toEqual([
      null,
      "9",
      "phoenix",
      "phx_reply",
      { status: "ok", response: {} },
    ]);
    bystander.socket.close();
  });

  test.each([
    ["a topic of another kind", "room", {}, "unmatched topic"],
    ["no topic", "realtime:", {}, "unmatched topic"],
    ["a config that is none", "realtime:x", { config: 5 }, "InvalidJoinPayload"],
    [
      "changes without end",
      "realtime:x",
      { config: { postgres_changes: Array(101).fill({ event: "*" }) } },
      "InvalidJoinPayload",
    ],
    ["a token that is none", "realtime:x", { access_token: "x.y.z" }, "InvalidJWTToken"],
    ["a token of no text", "realtime:x", { access_token: 5 }, "InvalidJoinPayload"],
  ])("join with %s is refused by reply", async (_what, topic, payload, reason) => {
    const client = await open();
    client.send("1", "1", topic, "phx_join", payload);
    expect(JSON.stringify(await reply(client, "1"))).toContain(reason);
    client.socket.close();
  });

  test("odd events on a channel leave it usable", async () => {
    const client = await open();
    client.send("1", "1", "realtime:odd", "phx_join", null);
    for (const event of [
      "presence",
      "broadcast",
      "access_token",
      "phx_reply",
      "system",
      "__proto__",
      "constructor",
    ]) {
      for (const payload of [
        null,
        5,
        "x",
        [],
        { event: 5 },
        { event: "track", payload: [] },
        { access_token: {} },
      ]) {
        client.send("1", "2", "realtime:odd", event, payload);
      }
    }
    client.send("1", "3", "realtime:odd", "presence", {
      type: "presence",
      event: "track",
      payload: { __proto__: 1, a: 1 },
    });
    expect(await reply(client, "3")).toEqual([
      "1",
      "3",
      "realtime:odd",
      "phx_reply",
      { status: "ok", response: {} },
    ]);
    client.send("0", "4", "realtime:odd", "phx_leave", {});
    client.send(null, "5", "realtime:unknown", "broadcast", {});
    expect(await reply(client, "5")).toEqual([
      null,
      "5",
      "realtime:unknown",
      "phx_reply",
      { status: "error", response: { reason: "unmatched topic" } },
    ]);
    expect(client.messages.some((message) => Reflect.get(Object(message), 1) === "4")).toBe(false);
    client.socket.close();
  });

  test("hundreds of random frames end in a closed or a working connection, never in a dead server", async () => {
    for (let round = 0; round < 30; round++) {
      const client = await open(round % 2 === 0 ? "" : "&vsn=1.0.0");
      client.socket.on("error", () => {});
      for (let frame = 0; frame < 18; frame++) {
        const bytes = randomBytes(1 + ((round * frame) % 300));
        client.socket.send(
          frame % 3 === 0 ? bytes.toString("latin1") : frame % 3 === 1 ? bytes : JSON.stringify([...bytes]),
        );
      }
      client.socket.terminate();
    }
    const client = await open();
    expect(await heartbeat(client, "1")).toEqual([
      null,
      "1",
      "phoenix",
      "phx_reply",
      { status: "ok", response: {} },
    ]);
    client.socket.close();
    expect(api.logged.filter(({ level }) => level === "error")).toEqual([]);
  });
});

describe("limits", () => {
  test.each([
    ["no key", "?vsn=2.0.0", 401],
    ["a wrong key", "?apikey=wrong", 401],
    ["an unknown serializer", "?apikey=KEY&vsn=3.0.0", 400],
  ])("a websocket with %s is refused with a status", async (_what, query, status) => {
    const url = `${api.url.replace("http", "ws")}/realtime/v1/websocket${query.replace("KEY", api.identity.anonKey)}`;
    const socket = new WebSocket(url);
    const refused = await new Promise((resolve) => {
      socket.on("error", () => {});
      socket.once("unexpected-response", (_request, response) => resolve(response.statusCode));
    });
    expect(refused).toBe(status);
  });

  test("connections beyond the limit get 429, and room is made when one ends", async () => {
    const clients = await Promise.all(Array.from({ length: maxConnections }, () => open()));
    await expect(open()).rejects.toThrow("429");
    clients[0]?.socket.terminate();
    await vi.waitFor(async () => (await open()).socket.terminate(), waiting);
    for (const { socket } of clients) socket.terminate();
  });

  test("a client has at most 100 channels", async () => {
    const client = await vi.waitFor(() => open(), waiting);
    for (let ref = 1; ref <= 101; ref++)
      client.send(String(ref), String(ref), `realtime:${ref}`, "phx_join", {});
    expect(JSON.stringify(await reply(client, "100"))).toContain('"ok"');
    expect(JSON.stringify(await reply(client, "101"))).toContain("Too many channels");
    client.socket.close();
  });

  test("a frame larger than 3 MB closes the connection", async () => {
    const client = await open();
    const closed = new Promise<number>((resolve) => client.socket.once("close", resolve));
    client.socket.send("x".repeat(3_200_000));
    expect(await closed).toBe(1009);
  });

  test("a client that does not read is let go, and the sender goes on", async () => {
    const slow = await open();
    slow.send("1", "1", "realtime:flood", "phx_join", {});
    await reply(slow, "1");
    slow.socket.pause();
    const sender = await open();
    sender.send("1", "1", "realtime:flood", "phx_join", { config: { broadcast: { ack: true } } });
    const payload = { type: "broadcast", event: "e", payload: { filler: "x".repeat(500_000) } };
    for (let ref = 2; !api.logged.some(({ message }) => message.includes("too slowly")); ref++) {
      expect(ref).toBeLessThan(200);
      sender.send("1", String(ref), "realtime:flood", "broadcast", payload);
      await reply(sender, String(ref));
    }
    slow.socket.terminate();
    sender.socket.close();
  });

  test("a socket that breaks off in the handshake hurts nobody", async () => {
    const { port } = new URL(api.url);
    const socket = connect(Number(port), "127.0.0.1");
    socket.write(
      "GET /realtime/v1/websocket?apikey=x HTTP/1.1\r\nhost: x\r\nupgrade: websocket\r\nconnection: upgrade\r\n\r\n",
    );
    socket.destroy();
    const client = await vi.waitFor(() => open(), waiting);
    await heartbeat(client, "1");
    client.socket.close();
  });
});
