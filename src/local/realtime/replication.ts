import type { Pool } from "pg";
import type { LogLine } from "../identity.ts";
import { dropSlot, dropStaleSlots, ensureSlot, hasPublication, makeSlotName } from "./slot.ts";
import { readSqlState, tell } from "./sql-trouble.ts";
import { type WalPosition, type WalReader, WalStream } from "./wal-stream.ts";

interface ReplicationDeps {
  readonly dbUrl: string;
  readonly pool: Pool;
  readonly reader: WalReader;
  readonly log: LogLine;
  /** Called when changes begin to flow, and when they stop. */
  readonly onChange: (live: boolean) => void;
}

const startPatienceMs = 3000;
const stopPatienceMs = 1000;
const firstPauseMs = 50;
const longestPauseMs = 2000;
/** The slot's history knows no publication, or the WAL it needs is gone: only a new slot helps. */
const slotTrouble: ReadonlySet<string> = new Set(["42704", "55000", "58P01"]);

/** Keeps a replication stream open: across restarts of Postgres, and while the publication does not exist. */
export class Replication {
  readonly #deps: ReplicationDeps;
  readonly #slot = makeSlotName();
  readonly #position: WalPosition = { commit: 0n, changes: 0, done: 0n };
  #stream: WalStream | null = null;
  #live = false;
  #stopped = false;
  #running: Promise<void> = Promise.resolve();
  #wake: () => void = () => {};

  constructor(deps: ReplicationDeps) {
    this.#deps = deps;
  }

  get isLive(): boolean {
    return this.#live;
  }

  /** Resolves when changes flow. If they cannot yet (no publication, a long transaction), goes on in the background. */
  async start(): Promise<void> {
    let patience: NodeJS.Timeout | undefined;
    const settled = new Promise<void>((resolve) => {
      patience = setTimeout(resolve, startPatienceMs);
      this.#running = this.#run(resolve);
    });
    await settled;
    clearTimeout(patience);
  }

  async stop(): Promise<void> {
    this.#stopped = true;
    this.#wake();
    this.#stream?.cut();
    // Making a slot waits for every open transaction; dropping it ends that wait.
    await Promise.race([
      this.#running,
      new Promise((resolve) => setTimeout(resolve, stopPatienceMs).unref()),
    ]);
    await dropSlot(this.#deps.pool, this.#slot).catch((error: unknown) => {
      this.#deps.log("debug", "the replication slot could not be dropped", { error: tell(error) });
    });
  }

  async #run(settle: () => void): Promise<void> {
    const { pool, log } = this.#deps;
    let pauseMs = firstPauseMs;
    let swept = false;
    while (!this.#stopped) {
      try {
        if (!swept) await dropStaleSlots(pool);
        swept = true;
        if (await hasPublication(pool)) {
          if ((await ensureSlot(pool, this.#slot)) === "created") {
            Object.assign(this.#position, { commit: 0n, changes: 0, done: 0n });
          }
          if (this.#stopped) break;
          await this.#follow(() => {
            pauseMs = firstPauseMs;
            this.#setLive(true);
            settle();
          });
        } else {
          log("warn", "publication supabase_realtime does not exist; changes flow once it does");
        }
      } catch (error) {
        if (!this.#stopped) log("warn", "the change stream ended; reconnecting", { error: tell(error) });
        if (slotTrouble.has(readSqlState(error) ?? "")) await dropSlot(pool, this.#slot).catch(() => {});
      }
      this.#setLive(false);
      settle();
      if (!this.#stopped) await this.#pause(pauseMs);
      pauseMs = Math.min(longestPauseMs, pauseMs * 2);
    }
    settle();
  }

  async #follow(onLive: () => void): Promise<void> {
    const { dbUrl, reader, log } = this.#deps;
    const stream = new WalStream({ dbUrl, slot: this.#slot, reader, position: this.#position, onLive, log });
    this.#stream = stream;
    try {
      await stream.run();
    } finally {
      this.#stream = null;
    }
  }

  #setLive(live: boolean): void {
    if (live === this.#live) return;
    this.#live = live;
    this.#deps.onChange(live);
  }

  #pause(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms);
      this.#wake = () => {
        clearTimeout(timer);
        resolve();
      };
    });
  }
}
