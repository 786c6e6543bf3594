import { setTimeout as sleep } from "node:timers/promises";
import type { LogLine } from "../identity.ts";
import type { ChildExit } from "./child.ts";

/** A program that runs until it is stopped, or dies. */
export interface Running {
  readonly pid: number;
  readonly exited: Promise<ChildExit>;
}

export interface Supervised<T extends Running> {
  /** Null while it is down. */
  readonly current: T | null;
  /** Ends it and leaves it ended until `resume`. */
  pause(): Promise<void>;
  /** Starts it again; rejects when it does not start. */
  resume(): Promise<void>;
  /** Ends it and starts it again, trying until it runs. Does nothing while it is down anyway. */
  restart(): Promise<void>;
}

interface SuperviseOptions<T extends Running> {
  readonly name: string;
  readonly start: () => Promise<T>;
  readonly stop: (running: T) => Promise<void>;
  /** Called after a start that followed an unasked exit. */
  readonly onRestarted: () => void;
  readonly log: LogLine;
}

const firstDelayMs = 50;
const lastDelayMs = 5_000;

/** Keeps a program running: starts it now, and again whenever it dies, waiting longer while it fails. */
export async function supervise<T extends Running>(options: SuperviseOptions<T>): Promise<Supervised<T>> {
  const { name, start, stop, onRestarted, log } = options;
  let current: T | null = null;
  let wanted = true;
  let reviving: Promise<void> = Promise.resolve();

  const launch = async () => {
    const running = await start();
    current = running;
    void running.exited.then(({ code, signal }) => {
      if (current !== running) return;
      current = null;
      if (!wanted) return;
      log("error", `${name} ended unasked`, { pid: running.pid, code, signal });
      reviving = revive();
    });
  };

  const revive = async () => {
    for (let delay = firstDelayMs; wanted; delay = Math.min(delay * 2, lastDelayMs)) {
      await sleep(delay);
      if (!wanted) return;
      try {
        await launch();
        log("info", `${name} runs again`);
        onRestarted();
        return;
      } catch (error) {
        log("error", `${name} does not start again`, {
          error: error instanceof Error ? error.message : String(error),
        });
      }
    }
  };

  await launch();
  const end = async () => {
    const running = current;
    current = null;
    if (running != null) await stop(running);
    return running != null;
  };
  return {
    get current() {
      return current;
    },
    async pause() {
      wanted = false;
      await reviving;
      await end();
    },
    async resume() {
      wanted = true;
      await launch();
    },
    async restart() {
      if (!(await end())) return;
      reviving = revive();
      await reviving;
    },
  };
}
