import type { Pool } from "pg";
import type { LogLine } from "../identity.ts";
import type { Caller } from "./caller.ts";
import { type BoundedChange, pickMembers, renderChangeData } from "./change-data.ts";
import { readPrivileges, type TablePrivileges } from "./privileges.ts";
import type { Relation } from "./relation.ts";
import { probeRows } from "./row-probe.ts";
import { readViews, type View } from "./row-views.ts";
import type { ChangeBinding, ChangeSubscriber, Subscription } from "./subscriptions.ts";
import type { Tuple, WalTransaction } from "./wal-change.ts";

/** What one channel is to receive of one change. */
export interface Delivery {
  readonly position: number;
  readonly subscriber: ChangeSubscriber;
  /** As whom the change was judged. */
  readonly caller: Caller;
  readonly ids: readonly number[];
  readonly data: string;
}

/** The changes of one relation within one chunk of a transaction. */
interface RelationBatch {
  readonly transaction: WalTransaction;
  readonly relation: Relation;
  readonly changes: ReadonlyMap<number, BoundedChange>;
  readonly subscriptions: readonly Subscription[];
}

/** A binding that wants a change, before row security is asked. */
interface Candidate {
  readonly position: number;
  readonly change: BoundedChange;
  readonly view: View;
  readonly subscription: Subscription;
}

/** Decides who gets which change of the batch. `visible` resolves once new snapshots see the transaction. */
export async function assembleDeliveries(
  pool: Pool,
  batch: RelationBatch,
  visible: Promise<void>,
  log: LogLine,
): Promise<readonly Delivery[]> {
  const roles = [...new Set(batch.subscriptions.map(({ subscriber }) => subscriber.caller.role))];
  const filters = new Map(batch.subscriptions.map(({ binding }) => [binding.filterText, binding.filter]));
  const privileges = await readPrivileges(pool, batch.relation.oid, roles);
  for (const role of roles) noteWithheld(batch.relation, role, privileges, log);
  const [views] = await Promise.all([readViews(pool, batch, privileges, filters), visible]);
  const candidates = selectCandidates(batch, views, [...filters.keys()]);
  const allowed = await judgeVisibility(pool, batch, candidates, log);
  return renderDeliveries(batch, candidates.filter(allowed));
}

const noted = new WeakMap<Relation, Set<string>>();

/** A missing grant looks like silence to the client, so the log says it, once per table and role. */
function noteWithheld(relation: Relation, role: string, privileges: TablePrivileges, log: LogLine): void {
  if ((privileges.columnsByRole.get(role)?.size ?? 0) > 0) return;
  const roles = noted.get(relation) ?? new Set();
  if (roles.has(role)) return;
  noted.set(relation, roles.add(role));
  log("info", "changes are withheld: the role may not select from the table", {
    table: `${relation.schema}.${relation.name}`,
    role,
  });
}

function selectCandidates(
  { changes, subscriptions }: RelationBatch,
  views: ReadonlyMap<string, View>,
  filterTexts: readonly string[],
): readonly Candidate[] {
  const candidates: Candidate[] = [];
  for (const [position, change] of changes) {
    for (const subscription of subscriptions) {
      const { binding, subscriber } = subscription;
      const view = views.get(subscriber.caller.role);
      if (view === undefined || view.columns.size === 0) continue;
      if (binding.event !== "*" && binding.event !== change.type) continue;
      const images = change.type === "DELETE" ? view.olds : view.records;
      if (images.get(position)?.hits[filterTexts.indexOf(binding.filterText)] !== true) continue;
      candidates.push({ position, change, view, subscription });
    }
  }
  return candidates;
}

/**
 * Asks row security once per caller about all rows that caller might get. A row that was deleted again before it could
 * be asked about is withheld where row security applies, as on hosted.
 */
async function judgeVisibility(
  pool: Pool,
  { relation, changes }: RelationBatch,
  candidates: readonly Candidate[],
  log: LogLine,
): Promise<(candidate: Candidate) => boolean> {
  const requests = new Map<string, { readonly caller: Caller; readonly rows: Map<number, Tuple> }>();
  for (const { position, subscription } of candidates) {
    const record = changes.get(position)?.record ?? null;
    if (record === null) continue;
    const { caller } = subscription.subscriber;
    const key = callerKey(caller);
    const request = requests.get(key) ?? { caller, rows: new Map<number, Tuple>() };
    request.rows.set(position, record);
    requests.set(key, request);
  }
  const answers = await probeRows(pool, relation, [...requests.values()], log);
  const seen = new Map([...requests.keys()].map((key, index) => [key, answers[index]]));
  return ({ position, change, subscription }) =>
    change.type === "DELETE" || seen.get(callerKey(subscription.subscriber.caller))?.has(position) === true;
}

function callerKey(caller: Caller): string {
  return `${caller.role} ${caller.claims}`;
}

function renderDeliveries(batch: RelationBatch, candidates: readonly Candidate[]): readonly Delivery[] {
  const rendered = new Map<string, string>();
  const deliveries = new Map<string, Delivery & { readonly ids: number[] }>();
  const numbers = new Map<object, number>();
  const numberOf = (value: object): number => {
    const number = numbers.get(value) ?? numbers.size;
    numbers.set(value, number);
    return number;
  };
  for (const { position, change, view, subscription } of candidates) {
    const { binding, subscriber } = subscription;
    const shown = `${position} ${numberOf(view)} ${JSON.stringify(binding.select)}`;
    const data = rendered.get(shown) ?? renderFor(batch, position, change, view, binding);
    rendered.set(shown, data);
    const key = `${shown} ${numberOf(subscriber)}`;
    const delivery = deliveries.get(key);
    if (delivery !== undefined) delivery.ids.push(binding.id);
    else deliveries.set(key, { position, subscriber, caller: subscriber.caller, ids: [binding.id], data });
  }
  return [...deliveries.values()];
}

function renderFor(
  { transaction, relation }: RelationBatch,
  position: number,
  change: BoundedChange,
  view: View,
  { select }: ChangeBinding,
): string {
  const names = select === null ? null : new Set(select.filter((name) => view.columns.has(name)));
  const pick = (json: string | null) => (names === null ? json : pickMembers(json, names));
  return renderChangeData({
    transaction,
    change,
    relation,
    columns: names ?? view.columns,
    record: pick(view.records.get(position)?.json ?? null),
    oldRecord: pick(view.olds.get(position)?.json ?? null),
  });
}
