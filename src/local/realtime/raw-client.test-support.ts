import { vi } from "vitest";
import WebSocket from "ws";
import { type TestRealtime, waiting } from "./realtime.test-support.ts";

/** A websocket that speaks serializer 2.0.0 by hand. */
interface RawClient {
  readonly socket: WebSocket;
  readonly messages: unknown[];
  send(...parts: unknown[]): void;
}

export function openRaw(api: TestRealtime, query = ""): Promise<RawClient> {
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

/** The reply to the message with that ref. */
export async function reply(client: RawClient, ref: string): Promise<unknown> {
  const find = () =>
    client.messages.find(
      (message) => Array.isArray(message) && message[1] === ref && message[3] === "phx_reply",
    );
  await vi.waitUntil(find, waiting);
  return find();
}

export function heartbeat(client: RawClient, ref: string): Promise<unknown> {
  client.send(null, ref, "phoenix", "heartbeat", {});
  return reply(client, ref);
}
