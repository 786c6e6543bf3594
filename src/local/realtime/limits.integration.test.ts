import { connect } from "node:net";
import { afterAll, beforeAll, describe, expect, test, vi } from "vitest";
import WebSocket from "ws";
import { heartbeat, openRaw, reply } from "./raw-client.test-support.ts";
import { startTestRealtime, type TestRealtime, waiting } from "./realtime.test-support.ts";

const maxConnections = 8;
let api: TestRealtime;
beforeAll(async () => {
  api = await startTestRealtime({ maxConnections });
});
afterAll(() => api.stop());

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
    const clients = await Promise.all(Array.from({ length: maxConnections }, () => openRaw(api)));
    await expect(openRaw(api)).rejects.toThrow("429");
    clients[0]?.socket.terminate();
    await vi.waitFor(async () => (await openRaw(api)).socket.terminate(), waiting);
    for (const { socket } of clients) socket.terminate();
  });

  test("a client has at most 100 channels", async () => {
    const client = await vi.waitFor(() => openRaw(api), waiting);
    for (let ref = 1; ref <= 101; ref++)
      client.send(String(ref), String(ref), `realtime:${ref}`, "phx_join", {});
    expect(JSON.stringify(await reply(client, "100"))).toContain('"ok"');
    expect(JSON.stringify(await reply(client, "101"))).toContain("Too many channels");
    client.socket.close();
  });

  test("a frame larger than 3 MB closes the connection", async () => {
    const client = await openRaw(api);
    const closed = new Promise<number>((resolve) => client.socket.once("close", resolve));
    client.socket.send("x".repeat(3_200_000));
    expect(await closed).toBe(1009);
  });

  test("a client that does not read is let go, and the sender goes on", async () => {
    const slow = await openRaw(api);
    slow.send("1", "1", "realtime:flood", "phx_join", {});
    await reply(slow, "1");
    slow.socket.pause();
    const sender = await openRaw(api);
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
    const client = await vi.waitFor(() => openRaw(api), waiting);
    await heartbeat(client, "1");
    client.socket.close();
  });
});
