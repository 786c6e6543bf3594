import { once } from "node:events";
import { connect } from "node:net";
import { expect, test } from "vitest";
import { bindServer } from "./bind.ts";

test("closing ends a websocket too, and does not wait for it", async () => {
  const bound = await bindServer();
  bound.server.on("upgrade", (_request, socket) => socket.write("HTTP/1.1 101 Switching Protocols\r\n\r\n"));
  const client = connect(bound.port, "127.0.0.1");
  client.write("GET / HTTP/1.1\r\nhost: x\r\nconnection: upgrade\r\nupgrade: websocket\r\n\r\n");
  await once(client, "data");
  const ended = once(client, "close");
  await bound.close();
  await ended;
  expect(client.destroyed).toBe(true);
  await bound.close();
});
