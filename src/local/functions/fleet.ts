import { join } from "node:path";
import type { LogLine } from "../identity.ts";
import type { StoredVersion } from "./function-table.ts";
import type { FunctionLimits } from "./limits.ts";
import { FunctionSlot } from "./slot.ts";
import { FunctionWorker } from "./worker.ts";

interface FleetOptions {
  readonly deno: string;
  readonly dir: string;
  readonly socketDir: string;
  readonly limits: FunctionLimits;
  readonly bundlePath: (sha256: string) => string;
  readonly functionEnv: (version: StoredVersion) => Readonly<Record<string, string>>;
  readonly deniedPorts: () => readonly number[];
  readonly log: LogLine;
}

const stopGraceMs = 1_000;
const bootsAtOnce = 4;

/** The processes of all live functions, by slug. */
export class FunctionFleet {
  readonly #options: FleetOptions;
  readonly #slots = new Map<string, FunctionSlot>();
  #sockets = 0;

  constructor(options: FleetOptions) {
    this.#options = options;
  }

  slugs(): readonly string[] {
    return [...this.#slots.keys()];
  }

  slot(slug: string): FunctionSlot | undefined {
    return this.#slots.get(slug);
  }

  /** From now on requests meet these versions. They boot some at a time, the one that is asked for at once. */
  run(versions: readonly StoredVersion[]): void {
    const waiting = versions.map((version) => {
      const slot = this.#slots.get(version.slug) ?? new FunctionSlot();
      this.#slots.set(version.slug, slot);
      slot.replace(() => this.#boot(version));
      return slot;
    });
    const lane = async () => {
      for (let slot = waiting.shift(); slot != null; slot = waiting.shift()) await slot.warm();
    };
    for (let i = 0; i < bootsAtOnce; i++) void lane();
  }

  /** Takes no more requests for it; those that are open may end. */
  remove(slug: string): void {
    const slot = this.#slots.get(slug);
    this.#slots.delete(slug);
    void slot?.stop(this.#options.limits.drainMs);
  }

  async stop(): Promise<void> {
    await Promise.all([...this.#slots.values()].map((slot) => slot.stop(stopGraceMs)));
    this.#slots.clear();
  }

  #boot(version: StoredVersion): FunctionWorker | null {
    const { deno, dir, socketDir, limits, log } = this.#options;
    const fields = { function_id: version.id, slug: version.slug, version: version.version };
    this.#sockets += 1;
    try {
      return new FunctionWorker({
        deno,
        limits,
        fields,
        log,
        bundlePath: this.#options.bundlePath(version.sha256),
        preludePath: join(dir, "prelude.js"),
        socketPath: join(socketDir, `${this.#sockets}.sock`),
        cacheDir: join(dir, "deno"),
        deniedPorts: this.#options.deniedPorts(),
        env: this.#options.functionEnv(version),
      });
    } catch (error) {
      log("error", `cannot start: ${(error as Error).message}`, fields);
      return null;
    }
  }
}
