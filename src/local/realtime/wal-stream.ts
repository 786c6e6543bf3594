import { LogicalReplicationService, type Pgoutput } from "pg-logical-replication";
import type { LogLine } from "../identity.ts";
import { parseLsn, renderLsn } from "./lsn.ts";
import { isServerTrouble, tell } from "./sql-trouble.ts";
import { TextPlugin } from "./text-plugin.ts";
import { measureTuple, parseRowChange, type RowChange, type WalTransaction } from "./wal-change.ts";

const maxChunkChanges = 500;
const maxChunkLength = 2_097_152;
const ackEveryMs = 1000;
const connectionTimeoutMillis = 5000;
const maxAttempts = 3;
const retryMs = 20;

export interface WalReader {
  isWanted(change: RowChange): boolean;
  /** All or nothing: throws and has delivered none, or returns and has delivered all. */
  dispatch(transaction: WalTransaction, changes: readonly RowChange[]): Promise<void>;
}

/** How far the WAL has been delivered; kept across connections, so that what is sent again is not delivered again. */
export interface WalPosition {
  /** Commit of the transaction delivered last, wholly or in part. */
  commit: bigint;
  /** Its changes handled so far. */
  changes: number;
  /** Up to here nothing is needed any more. */
  done: bigint;
}

interface OpenTransaction extends WalTransaction {
  readonly commit: bigint;
  seen: number;
  chunk: RowChange[];
  chunkLength: number;
}

interface StreamDeps {
  readonly dbUrl: string;
  readonly slot: string;
  readonly reader: WalReader;
  readonly position: WalPosition;
  readonly onLive: () => void;
  readonly log: LogLine;
}

/** One replication connection, from start to its end. */
export class WalStream {
  readonly #deps: StreamDeps;
  readonly #plugin = new TextPlugin();
  readonly #service: LogicalReplicationService;
  #open: OpenTransaction | null = null;
  #handled = 0;
  #cut = false;
  #working: Promise<void> = Promise.resolve();
  #failure: unknown = null;

  constructor(deps: StreamDeps) {
    this.#deps = deps;
    this.#service = new LogicalReplicationService(
      {
        connectionString: deps.dbUrl,
        application_name: "bee-realtime",
        keepAlive: true,
        connectionTimeoutMillis,
      },
      { acknowledge: { auto: false, timeoutSeconds: 0 }, flowControl: { enabled: true } },
    );
    this.#service.on("start", () => deps.onLive());
    this.#service.on("data", (_lsn: string, message: Pgoutput.Message) => {
      this.#working = this.#handle(message);
      return this.#working;
    });
    this.#service.on("heartbeat", (lsn: string, _time: number, shouldRespond: boolean) => {
      const idle = this.#open === null && this.#handled === this.#plugin.received;
      if (idle) this.#advance(parseLsn(lsn));
      if (shouldRespond) this.#acknowledge();
    });
    this.#service.on("error", (error: Error) => this.#fail(error));
  }

  /** Runs until the connection ends or `cut` is called; throws what ended it. */
  async run(): Promise<void> {
    const acknowledging = setInterval(() => this.#acknowledge(), ackEveryMs);
    try {
      await this.#service.subscribe(this.#plugin, this.#deps.slot, "0/00000000");
    } catch (error) {
      this.#fail(error);
    } finally {
      clearInterval(acknowledging);
      this.cut();
      await this.#working.catch(() => {});
      await this.#service.destroy().catch(() => {});
    }
    if (this.#failure !== null) throw this.#failure;
  }

  cut(): void {
    this.#cut = true;
    this.#plugin.cut();
  }

  #fail(error: unknown): void {
    if (!this.#cut) this.#failure ??= error;
    this.cut();
  }

  async #handle(message: Pgoutput.Message): Promise<void> {
    if (this.#cut) return;
    try {
      if (this.#plugin.failure !== null) throw this.#plugin.failure;
      await this.#follow(message);
      this.#handled++;
    } catch (error) {
      this.#fail(error);
    }
  }

  async #follow(message: Pgoutput.Message): Promise<void> {
    if (message.tag === "begin") {
      this.#open = {
        xid: message.xid >>> 0,
        committedAt: new Date(Number(BigInt(String(message.commitTime)) / 1000n)).toISOString(),
        commit: parseLsn(message.commitLsn),
        seen: 0,
        chunk: [],
        chunkLength: 0,
      };
      return;
    }
    const open = this.#open;
    if (open === null) return;
    if (message.tag === "commit") {
      await this.#flush(open);
      this.#open = null;
      this.#advance(parseLsn(message.commitEndLsn));
      return;
    }
    const change = parseRowChange(message);
    if (change === null) return;
    open.seen++;
    if (this.#isDelivered(open) || !this.#deps.reader.isWanted(change)) return;
    open.chunk.push(change);
    open.chunkLength += measureTuple(change.record ?? {}) + measureTuple(change.old ?? {});
    if (open.chunk.length >= maxChunkChanges || open.chunkLength >= maxChunkLength) await this.#flush(open);
  }

  #isDelivered(open: OpenTransaction): boolean {
    const { commit, changes } = this.#deps.position;
    return open.commit < commit || (open.commit === commit && open.seen <= changes);
  }

  /**
   * Delivers the chunk. When the database does not answer, the connection ends, and the slot sends the transaction
   * again over the next one: a Postgres that shuts down waits for this reader, which must not wait for Postgres.
   */
  async #flush(open: OpenTransaction): Promise<void> {
    const { reader, position, log } = this.#deps;
    for (let attempt = 1; open.chunk.length > 0; attempt++) {
      try {
        await reader.dispatch(open, open.chunk);
        break;
      } catch (error) {
        if (this.#cut) throw error;
        if (!isServerTrouble(error)) {
          log("error", "changes could not be delivered", { changes: open.chunk.length, error: tell(error) });
          break;
        }
        if (attempt === maxAttempts) throw error;
        await new Promise((resolve) => setTimeout(resolve, retryMs));
      }
    }
    if (open.commit >= position.commit) {
      position.changes = open.commit === position.commit ? Math.max(position.changes, open.seen) : open.seen;
      position.commit = open.commit;
    }
    open.chunk = [];
    open.chunkLength = 0;
  }

  #advance(lsn: bigint): void {
    if (lsn > this.#deps.position.done) this.#deps.position.done = lsn;
  }

  /** The service acknowledges one byte more than it is told, which could skip a commit that begins right there. */
  #acknowledge(): void {
    const { done } = this.#deps.position;
    if (done > 0n && !this.#cut) this.#service.acknowledge(renderLsn(done - 1n)).catch(() => {});
  }
}
