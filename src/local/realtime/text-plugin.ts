import type { Socket } from "node:net";
import type { Client } from "pg";
import { type Pgoutput, PgoutputPlugin } from "pg-logical-replication";
import { publication } from "./slot.ts";

/** pgoutput with values left as Postgres prints them; a message it cannot read becomes a value, not an exception. */
export class TextPlugin extends PgoutputPlugin {
  /** Messages parsed so far. */
  received = 0;
  failure: unknown = null;
  #socket: Socket | null = null;
  #cut = false;

  constructor() {
    super({ protoVersion: 1, publicationNames: [publication] });
  }

  override parse(buffer: Buffer): Pgoutput.Message {
    this.received++;
    try {
      const message = super.parse(buffer);
      if (message.tag === "relation") {
        for (const column of message.columns) column.parser = (text: string) => text;
      }
      return message;
    } catch (error) {
      this.failure ??= error;
      return { tag: "origin", originLsn: null, originName: "" };
    }
  }

  override start(client: Client, slotName: string, lastLsn: string): Promise<unknown> {
    const { connection } = client as Client & { readonly connection?: { readonly stream?: Socket } };
    this.#socket = connection?.stream ?? null;
    if (this.#cut) return Promise.reject(new Error("the stream was stopped before it began"));
    return super.start(client, slotName, lastLsn);
  }

  /** Ends the stream at once: a polite end would wait for a socket that flow control holds. */
  cut(): void {
    this.#cut = true;
    this.#socket?.destroy();
  }
}
