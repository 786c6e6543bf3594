import { randomUUID } from "node:crypto";
import * as z from "zod";
import { admit } from "./admit.ts";
import type { Caller } from "./caller.ts";
import { ChangeListener } from "./change-listener.ts";
import { type ClientMessage, renderMessage, type Vsn } from "./frame.ts";
import type { Hub } from "./hub.ts";
import type { JoinRequest } from "./join.ts";
import type { ChangeSubscriber } from "./subscriptions.ts";
import type { Member } from "./topics.ts";

/** The socket a channel lives on. */
export interface Carrier {
  readonly vsn: Vsn;
  send(frame: string | Buffer): void;
  /** The channel has closed itself. */
  forget(channel: Channel): void;
}

const longestTimerMs = 3_600_000;
const presencePayload = z.object({ event: z.string(), payload: z.unknown().optional() });
const presenceState = z.record(z.string(), z.unknown());
const tokenPayload = z.object({ access_token: z.string().max(16_384).nullish() });

/** One joined topic of one client. */
export class Channel implements Member, ChangeSubscriber {
  readonly topic: string;
  readonly joinRef: string | null;
  readonly vsn: Vsn;
  readonly echoes: boolean;
  watchesPresence: boolean;
  readonly #hub: Hub;
  readonly #carrier: Carrier;
  readonly #acknowledges: boolean;
  readonly #presenceKey: string;
  readonly #changes: ChangeListener;
  #caller: Caller;
  #expiry: NodeJS.Timeout | undefined;
  #closed = false;

  constructor(hub: Hub, carrier: Carrier, message: ClientMessage, request: JoinRequest, caller: Caller) {
    this.#hub = hub;
    this.#carrier = carrier;
    this.#caller = caller;
    this.topic = message.topic;
    this.joinRef = message.joinRef ?? message.ref;
    this.vsn = carrier.vsn;
    this.echoes = request.echoes;
    this.watchesPresence = request.presence;
    this.#acknowledges = request.acknowledges;
    this.#presenceKey = request.presenceKey || randomUUID();
    this.#changes = new ChangeListener(hub, this, request.changes, (status, text) =>
      this.#pushSystem("postgres_changes", status, text),
    );
  }

  get caller(): Caller {
    return this.#caller;
  }

  /** Joins: reply, presence, then the system message, in the order clients expect. */
  open(ref: string | null): void {
    this.#hub.topics.join(this.topic, this);
    this.#changes.open();
    this.#armExpiry();
    this.#reply(ref, "ok", { postgres_changes: this.#changes.reply });
    if (this.watchesPresence) this.#push("presence_state", this.#hub.topics.renderPresence(this.topic));
    void this.#changes.check();
  }

  /** Takes the channel out of everything, without a word to the client. */
  close(): void {
    if (this.#closed) return;
    this.#closed = true;
    clearTimeout(this.#expiry);
    this.#changes.close();
    this.#hub.topics.leave(this.topic, this);
  }

  /** Closes and says so: the client sees CLOSED and does not come back by itself. */
  sendClose(): void {
    this.close();
    this.#push("phx_close", "{}", this.joinRef);
  }

  noticeDatabase(live: boolean): void {
    this.#changes.notice(live);
  }

  async handle(message: ClientMessage): Promise<void> {
    if (message.joinRef !== null && message.joinRef !== this.joinRef) return;
    if (message.event === "broadcast") return this.#broadcast(message);
    if (message.event === "presence") {
      const reason = this.#changePresence(message.payload);
      this.#reply(message.ref, reason === null ? "ok" : "error", reason === null ? {} : { reason });
    }
    if (message.event === "access_token") return this.#changeToken(message.payload);
    if (message.event === "phx_leave") {
      this.close();
      this.#carrier.forget(this);
      this.#reply(message.ref, "ok", {});
      this.#push("phx_close", "{}", this.joinRef);
    }
  }

  send(frame: string | Buffer): void {
    this.#carrier.send(frame);
  }

  deliver(ids: readonly number[], data: string): void {
    this.#push("postgres_changes", `{"ids":${JSON.stringify(ids)},"data":${data}}`);
  }

  #broadcast({ broadcast, payload, ref }: ClientMessage): void {
    const content = broadcast === undefined ? { payload: JSON.stringify(payload) } : { user: broadcast };
    this.#hub.topics.broadcast(this.topic, content, this);
    if (this.#acknowledges) this.#reply(ref, "ok", {});
  }

  /** Null, or why not. */
  #changePresence(payload: unknown): string | null {
    const parsed = presencePayload.safeParse(payload);
    const event = parsed.success ? parsed.data.event.toLowerCase() : "";
    if (event === "untrack") {
      this.#hub.topics.untrack(this.topic, this);
      return null;
    }
    if (event !== "track") return "Unknown presence event";
    const state = presenceState.safeParse(parsed.data?.payload ?? {});
    if (!state.success) return "Presence track payload must be a map";
    if (!this.watchesPresence) {
      this.watchesPresence = true;
      this.#push("presence_state", this.#hub.topics.renderPresence(this.topic));
    }
    this.#hub.topics.track(this.topic, this, this.#presenceKey, state.data);
    return null;
  }

  async #changeToken(payload: unknown): Promise<void> {
    const parsed = tokenPayload.safeParse(payload);
    const token = parsed.success ? parsed.data.access_token : null;
    // Clients send their API key here while nobody is signed in; the channel keeps the caller it has.
    if (token == null || token === "" || token.startsWith("sb_")) return;
    const caller = await admit(this.#hub, token);
    if (this.#closed) return;
    if ("refusal" in caller) return this.#shutDown(caller.refusal);
    const roleChanged = caller.role !== this.#caller.role;
    this.#caller = caller;
    this.#armExpiry();
    if (roleChanged) void this.#changes.check();
  }

  #armExpiry(): void {
    clearTimeout(this.#expiry);
    const { expiresAt } = this.#caller;
    if (expiresAt === null) return;
    const remainingMs = expiresAt * 1000 - Date.now();
    if (remainingMs > 0) {
      this.#expiry = setTimeout(() => this.#armExpiry(), Math.min(remainingMs + 1, longestTimerMs));
    } else {
      this.#shutDown(`Token has expired ${Math.floor(-remainingMs / 1000)} seconds ago`);
    }
  }

  #shutDown(message: string): void {
    this.#pushSystem("system", "error", message);
    this.#carrier.forget(this);
    this.sendClose();
  }

  #pushSystem(extension: string, status: string, message: string): void {
    const channel = this.topic.slice("realtime:".length);
    this.#push("system", JSON.stringify({ extension, status, message, channel }));
  }

  #reply(ref: string | null, status: "ok" | "error", response: unknown): void {
    this.#push("phx_reply", JSON.stringify({ status, response }), ref);
  }

  #push(event: string, payload: string, ref: string | null = null): void {
    this.send(renderMessage({ joinRef: this.joinRef, ref, topic: this.topic, event, payload }, this.vsn));
  }
}
