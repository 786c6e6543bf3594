import { randomBytes } from "node:crypto";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import { heartbeat, openRaw, reply } from "./raw-client.test-support.ts";
import { startTestRealtime, type TestRealtime, waiting } from "./realtime.test-support.ts";

const maxConnections = 8;
let api: TestRealtime;
beforeAll(async () => {
  api = await startTestRealtime({ maxConnections });
});
afterAll(() => api.stop());

describe("the order of messages", () => {
  test("on joining: reply, presence, system; on leaving: reply, close", async () => {
    await api.owner.query(`
      create table if not exists public.ordered (id int primary key);
      grant select on public.ordered to anon; alter publication supabase_realtime add table public.ordered;`);
    const client = await openRaw(api);
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
    const client = await openRaw(api);
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
    const bystander = await openRaw(api);
    const client = await openRaw(api);
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
    const client = await openRaw(api);
    client.send("1", "1", topic, "phx_join", payload);
    expect(JSON.stringify(await reply(client, "1"))).toContain(reason);
    client.socket.close();
  });

  test("odd events on a channel leave it usable", async () => {
    const client = await openRaw(api);
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
      const client = await openRaw(api, round % 2 === 0 ? "" : "&vsn=1.0.0");
      client.socket.on("error", () => {});
      for (let frame = 0; frame < 18; frame++) {
        const bytes = randomBytes(1 + ((round * frame) % 300));
        client.socket.send(
          frame % 3 === 0 ? bytes.toString("latin1") : frame % 3 === 1 ? bytes : JSON.stringify([...bytes]),
        );
      }
      client.socket.terminate();
    }
    const client = await openRaw(api);
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
