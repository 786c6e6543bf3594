import type { Caller } from "./caller.ts";
import type { FilterCondition } from "./change-filter.ts";
import type { ChangeType } from "./wal-change.ts";

/** One `postgres_changes` entry of a channel. */
export interface ChangeBinding {
  /** Positive; the client finds its callback by it. */
  readonly id: number;
  readonly event: ChangeType | "*";
  /** `*` for all. */
  readonly schema: string;
  readonly table: string;
  /** All must hold; none means every row. */
  readonly filter: readonly FilterCondition[];
  /** The filter as the client wrote it; equal texts are evaluated once. */
  readonly filterText: string;
  /** Columns the client asks for; null for all. */
  readonly select: readonly string[] | null;
}

/** A channel that listens to changes. */
export interface ChangeSubscriber {
  readonly caller: Caller;
  /** `data` is the JSON of one change. */
  deliver(ids: readonly number[], data: string): void;
}

export interface Subscription {
  readonly subscriber: ChangeSubscriber;
  readonly binding: ChangeBinding;
}

/** Who listens to which table. */
export class Subscriptions {
  readonly #byTable = new Map<string, Set<Subscription>>();
  readonly #bySubscriber = new Map<ChangeSubscriber, readonly Subscription[]>();

  add(subscriber: ChangeSubscriber, bindings: readonly ChangeBinding[]): void {
    this.remove(subscriber);
    const added = bindings.map((binding) => ({ subscriber, binding }));
    this.#bySubscriber.set(subscriber, added);
    for (const subscription of added) {
      const key = tableKey(subscription.binding.schema, subscription.binding.table);
      const set = this.#byTable.get(key) ?? new Set();
      this.#byTable.set(key, set.add(subscription));
    }
  }

  remove(subscriber: ChangeSubscriber): void {
    for (const subscription of this.#bySubscriber.get(subscriber) ?? []) {
      const key = tableKey(subscription.binding.schema, subscription.binding.table);
      const set = this.#byTable.get(key);
      set?.delete(subscription);
      if (set?.size === 0) this.#byTable.delete(key);
    }
    this.#bySubscriber.delete(subscriber);
  }

  has(subscriber: ChangeSubscriber): boolean {
    return this.#bySubscriber.has(subscriber);
  }

  isWanted(schema: string, table: string): boolean {
    return keysOf(schema, table).some((key) => this.#byTable.has(key));
  }

  matching(schema: string, table: string): readonly Subscription[] {
    return keysOf(schema, table).flatMap((key) => [...(this.#byTable.get(key) ?? [])]);
  }
}

function keysOf(schema: string, table: string): readonly string[] {
  return [tableKey(schema, table), tableKey(schema, "*"), tableKey("*", table), tableKey("*", "*")];
}

function tableKey(schema: string, table: string): string {
  return JSON.stringify([schema, table]);
}
