import type { RawData, WebSocket } from "ws";
import { admit } from "./admit.ts";
import { type Carrier, Channel } from "./channel.ts";
import { type ClientMessage, parseBinaryFrame, parseTextFrame, renderMessage, type Vsn } from "./frame.ts";
import type { Hub } from "./hub.ts";
import { parseJoin } from "./join.ts";
import { tell } from "./sql-trouble.ts";

const maxChannels = 100;
const maxMalformed = 20;
/** A client that reads slower than this is let go: it reconnects and knows that it missed something. */
const maxUnsent = 8_388_608;
const maxWaiting = 64;
const policyViolation = 1008;

/** One client: a websocket and the channels on it. Its messages are handled in turn. */
export class Connection implements Carrier {
  readonly vsn: Vsn;
  /** Time of the last frame, in performance.now() milliseconds. */
  lastHeard = performance.now();
  readonly #socket: WebSocket;
  readonly #hub: Hub;
  /** Stands in while a channel gives no token of its own. */
  readonly #apiKey: string;
  readonly #channels = new Map<string, Channel>();
  #tail: Promise<void> = Promise.resolve();
  #waiting = 0;
  #malformed = 0;

  constructor(hub: Hub, socket: WebSocket, vsn: Vsn, apiKey: string) {
    this.#hub = hub;
    this.#socket = socket;
    this.vsn = vsn;
    this.#apiKey = apiKey;
    socket.on("message", (data, isBinary) => this.#receive(data, isBinary));
    socket.on("error", (error) => hub.log("debug", "websocket error", { error: error.message }));
    socket.once("close", () => this.#dispose());
  }

  send(frame: string | Buffer): void {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (this.#socket.bufferedAmount > maxUnsent) {
      this.#hub.log("warn", "a client reads too slowly and is disconnected", {
        unsent: this.#socket.bufferedAmount,
      });
      this.#socket.terminate();
      return;
    }
    this.#socket.send(frame);
  }

  forget(channel: Channel): void {
    if (this.#channels.get(channel.topic) === channel) this.#channels.delete(channel.topic);
  }

  noticeDatabase(live: boolean): void {
    for (const channel of this.#channels.values()) channel.noticeDatabase(live);
  }

  close(code: number, reason: string): void {
    this.#socket.close(code, reason);
  }

  terminate(): void {
    this.#socket.terminate();
  }

  #receive(data: RawData, isBinary: boolean): void {
    this.lastHeard = performance.now();
    const message = this.#parse(toBuffer(data), isBinary);
    if (message === null) {
      if (++this.#malformed > maxMalformed) this.close(policyViolation, "too many malformed frames");
      return;
    }
    if (++this.#waiting >= maxWaiting) this.#socket.pause();
    this.#tail = this.#tail
      .then(() => this.#handle(message))
      .catch((error: unknown) =>
        this.#hub.log("error", "a message could not be handled", { error: tell(error) }),
      )
      .finally(() => {
        if (--this.#waiting === 0 && this.#socket.isPaused) this.#socket.resume();
      });
  }

  #parse(frame: Buffer, isBinary: boolean): ClientMessage | null {
    if (!isBinary) return parseTextFrame(frame.toString("utf8"), this.vsn);
    return this.vsn === "2.0.0" ? parseBinaryFrame(frame) : null;
  }

  async #handle(message: ClientMessage): Promise<void> {
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    if (message.topic === "phoenix") {
      return this.#reply(message, message.event === "heartbeat" ? "ok" : "error", {});
    }
    if (message.event === "phx_join") return this.#join(message);
    const channel = this.#channels.get(message.topic);
    if (channel !== undefined) return channel.handle(message);
    if (message.event === "phx_leave") return this.#reply(message, "ok", {});
    this.#reply(message, "error", { reason: "unmatched topic" });
  }

  async #join(message: ClientMessage): Promise<void> {
    const refuse = (reason: string) => this.#reply(message, "error", { reason });
    if (!/^realtime:./s.test(message.topic)) return refuse("unmatched topic");
    const previous = this.#channels.get(message.topic);
    if (previous === undefined && this.#channels.size >= maxChannels) {
      return refuse("ChannelRateLimitReached: Too many channels");
    }
    const request = parseJoin(message.payload);
    if ("refusal" in request) return refuse(request.refusal);
    if (request.private) return refuse("Unauthorized: private channels are not part of the local platform");
    const token = request.token === null || request.token.startsWith("sb_") ? this.#apiKey : request.token;
    const caller = await admit(this.#hub, token);
    if ("refusal" in caller) return refuse(caller.refusal);
    if (this.#socket.readyState !== this.#socket.OPEN) return;
    // A client that joins a topic again has forgotten its earlier channel.
    previous?.sendClose();
    const channel = new Channel(this.#hub, this, message, request, caller);
    this.#channels.set(message.topic, channel);
    channel.open(message.ref);
  }

  #reply({ joinRef, ref, topic }: ClientMessage, status: "ok" | "error", response: unknown): void {
    const payload = JSON.stringify({ status, response });
    this.send(renderMessage({ joinRef, ref, topic, event: "phx_reply", payload }, this.vsn));
  }

  #dispose(): void {
    for (const channel of this.#channels.values()) channel.close();
    this.#channels.clear();
  }
}

function toBuffer(data: RawData): Buffer {
  if (Buffer.isBuffer(data)) return data;
  return Array.isArray(data) ? Buffer.concat(data) : Buffer.from(data);
}
