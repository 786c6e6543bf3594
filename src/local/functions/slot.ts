import type { FunctionWorker } from "./worker.ts";

/** A boot that failed is not tried again sooner: a crashing function must not eat the machine. */
const bootPauseMs = 1_000;
const stableMs = 5_000;

/** Starts a process; null when that is not even possible. */
type Boot = () => FunctionWorker | null;

/**
 * The running side of one function: the process that answers now, and when to start another.
 * Requests wait for a process that boots, so a swap drops none; the replaced process finishes what it has.
 */
export class FunctionSlot {
  #boot: Boot | null = null;
  #current: FunctionWorker | null = null;
  #failedAt = Number.NEGATIVE_INFINITY;
  #crashes = 0;
  #stopped = false;
  #timer: NodeJS.Timeout | undefined;
  readonly #draining = new Set<FunctionWorker>();

  /** A listening process that counts the request already (its `end` is owed), or null when the function does not boot. */
  async acquire(): Promise<FunctionWorker | null> {
    while (!this.#stopped) {
      const worker = this.#current?.accepting ? this.#current : this.#start();
      if (worker == null) return null;
      if (worker.isReady || (await worker.ready)) {
        if (!worker.accepting) continue;
        worker.begin();
        return worker;
      }
      if (worker === this.#current || this.#current == null) return null;
    }
    return null;
  }

  /** Other code or other settings: the next request meets a new process, the old one finishes what it has. */
  replace(boot: Boot): void {
    if (this.#stopped) return;
    this.#boot = boot;
    this.#failedAt = Number.NEGATIVE_INFINITY;
    this.#crashes = 0;
    const previous = this.#current;
    this.#current = null;
    if (previous?.isReady) this.#drain(previous);
    else previous?.kill("retired");
  }

  /** Boots a process ahead of the first request. Resolves when it listens or has failed. */
  async warm(): Promise<void> {
    if (!this.#stopped && this.#current == null) await this.#start()?.ready;
  }

  async stop(graceMs: number): Promise<void> {
    this.#stopped = true;
    clearTimeout(this.#timer);
    const workers = [...this.#draining, ...(this.#current == null ? [] : [this.#current])];
    await Promise.all(
      workers.map((worker) => {
        setTimeout(() => worker.kill("retired"), graceMs).unref();
        return worker.retire(graceMs);
      }),
    );
  }

  #start(): FunctionWorker | null {
    if (this.#boot == null || performance.now() - this.#failedAt < bootPauseMs) return null;
    clearTimeout(this.#timer);
    const worker = this.#boot();
    if (worker == null) {
      this.#failedAt = performance.now();
      return null;
    }
    if (this.#current != null && !this.#current.gone) this.#drain(this.#current);
    this.#current = worker;
    const bootedAt = performance.now();
    void worker.exited.then((reason) => {
      if (this.#current !== worker) return;
      this.#current = null;
      if (reason === "retired") return;
      if (!worker.isReady) {
        this.#failedAt = performance.now();
        return;
      }
      this.#crashes = performance.now() - bootedAt > stableMs ? 0 : this.#crashes + 1;
      this.#restartLater();
    });
    return worker;
  }

  #drain(worker: FunctionWorker): void {
    this.#draining.add(worker);
    void worker.retire().then(() => this.#draining.delete(worker));
  }

  #restartLater(): void {
    if (this.#stopped) return;
    const delay = this.#crashes === 0 ? 0 : Math.min(bootPauseMs, 50 * 2 ** this.#crashes);
    this.#timer = setTimeout(() => void this.warm(), delay);
    this.#timer.unref();
  }
}
