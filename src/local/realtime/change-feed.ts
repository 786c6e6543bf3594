import type { Pool } from "pg";
import type { Pgoutput } from "pg-logical-replication";
import type { LogLine } from "../identity.ts";
import type { Caller } from "./caller.ts";
import { type BoundedChange, boundChange } from "./change-data.ts";
import { type Relation, readRelation } from "./relation.ts";
import { assembleDeliveries, type Delivery } from "./relation-batch.ts";
import type { Subscriptions } from "./subscriptions.ts";
import { waitUntilVisible } from "./visibility.ts";
import type { RowChange, WalTransaction } from "./wal-change.ts";

/** Carries row changes from the WAL to the channels that may see them, in the order they were made. */
export class ChangeFeed {
  readonly #pool: Pool;
  readonly #subscriptions: Subscriptions;
  readonly #log: LogLine;
  /** A relation message comes anew when its table changes, so what was read for it holds as long as it does. */
  readonly #relations = new WeakMap<Pgoutput.MessageRelation, Relation>();

  constructor(deps: { readonly pool: Pool; readonly subscriptions: Subscriptions; readonly log: LogLine }) {
    this.#pool = deps.pool;
    this.#subscriptions = deps.subscriptions;
    this.#log = deps.log;
  }

  isWanted(change: RowChange): boolean {
    return this.#subscriptions.isWanted(change.relation.schema, change.relation.name);
  }

  /** Delivers all of the changes or, when the database fails meanwhile, throws and has delivered none. */
  async dispatch(transaction: WalTransaction, changes: readonly RowChange[]): Promise<void> {
    const byRelation = new Map<Pgoutput.MessageRelation, Map<number, BoundedChange>>();
    for (const [position, change] of changes.entries()) {
      const batch = byRelation.get(change.relation) ?? new Map<number, BoundedChange>();
      byRelation.set(change.relation, batch.set(position, boundChange(change)));
    }
    const needsLook = changes.some((change) => change.record !== null);
    const visible = needsLook ? waitUntilVisible(this.#pool, transaction.xid) : Promise.resolve();
    // Awaited further down; until then a failure must not count as unhandled.
    visible.catch(() => {});
    const batches = await Promise.all(
      [...byRelation].map(async ([message, batch]) => {
        const subscriptions = this.#subscriptions.matching(message.schema, message.name);
        if (subscriptions.length === 0) return [];
        const relation = await this.#relationOf(message);
        return assembleDeliveries(
          this.#pool,
          { transaction, relation, changes: batch, subscriptions },
          visible,
          this.#log,
        );
      }),
    );
    for (const delivery of batches.flat().sort((a, b) => a.position - b.position)) this.#deliver(delivery);
  }

  #deliver({ subscriber, caller, ids, data }: Delivery): void {
    if (!this.#subscriptions.has(subscriber) || !isSamePerson(subscriber.caller, caller)) return;
    subscriber.deliver(ids, data);
  }

  async #relationOf(message: Pgoutput.MessageRelation): Promise<Relation> {
    const known = this.#relations.get(message);
    if (known !== undefined) return known;
    const relation = await readRelation(this.#pool, message);
    this.#relations.set(message, relation);
    return relation;
  }
}

/** A channel may have taken a new token since; of the same person it makes no difference. */
function isSamePerson(now: Caller, judged: Caller): boolean {
  return now === judged || (now.role === judged.role && now.subject === judged.subject);
}
