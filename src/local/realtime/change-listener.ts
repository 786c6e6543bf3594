import type { Caller } from "./caller.ts";
import { type ChangeCheck, checkChange } from "./change-check.ts";
import type { Hub } from "./hub.ts";
import type { RequestedChange } from "./join.ts";
import { tell } from "./sql-trouble.ts";
import type { ChangeBinding, ChangeSubscriber } from "./subscriptions.ts";

type Status = "ok" | "error";

const recheckMs = 2000;
const malformed: ChangeCheck = {
  kind: "wrong",
  message: "Unable to subscribe to changes with given parameters: malformed event, table or filter",
};

/** The postgres_changes of one channel: their subscription, and the system messages that say how it stands. */
export class ChangeListener {
  readonly #hub: Hub;
  readonly #subscriber: ChangeSubscriber;
  readonly #requested: readonly (RequestedChange & { readonly id: number })[];
  readonly #tell: (status: Status, message: string) => void;
  #timer: NodeJS.Timeout | undefined;
  #told = "";
  #round = 0;

  constructor(
    hub: Hub,
    subscriber: ChangeSubscriber,
    requested: readonly RequestedChange[],
    tellStatus: (status: Status, message: string) => void,
  ) {
    this.#hub = hub;
    this.#subscriber = subscriber;
    this.#requested = requested.map((change) => ({ ...change, id: hub.nextId() }));
    this.#tell = tellStatus;
  }

  /** What the join reply lists, in the client's order: it matches its callbacks by position. */
  get reply(): readonly Readonly<Record<string, unknown>>[] {
    return this.#requested.map(({ echo, id }) => ({ ...echo, id }));
  }

  /** From here on every commit is delivered. */
  open(): void {
    const bindings: ChangeBinding[] = [];
    for (const { id, wanted } of this.#requested) if (wanted !== null) bindings.push({ id, ...wanted });
    if (bindings.length > 0) this.#hub.subscriptions.add(this.#subscriber, bindings);
  }

  close(): void {
    this.#round++;
    clearTimeout(this.#timer);
    this.#hub.subscriptions.remove(this.#subscriber);
  }

  /** Says how the subscription stands; asks again while a table is not published. */
  async check(): Promise<void> {
    if (this.#requested.length === 0) return;
    const round = ++this.#round;
    clearTimeout(this.#timer);
    if (!this.#hub.isLive()) return this.#report("error", "Realtime is not connected to the database yet");
    const checks = await this.#readChecks(this.#subscriber.caller);
    if (round !== this.#round) return;
    const trouble =
      checks.find(({ kind }) => kind === "wrong") ?? checks.find(({ kind }) => kind === "later");
    if (trouble === undefined || trouble.kind === "ok") return this.#report("ok", "Subscribed to PostgreSQL");
    this.#report("error", trouble.message);
    if (trouble.kind === "later") this.#timer = setTimeout(() => void this.check(), recheckMs);
  }

  /** The database went away or came back. */
  notice(live: boolean): void {
    if (live) void this.check();
    else if (this.#requested.length > 0) this.#report("error", "Realtime lost the database and reconnects");
  }

  async #readChecks(caller: Caller): Promise<readonly ChangeCheck[]> {
    try {
      return await Promise.all(
        this.#requested.map(({ wanted }) =>
          wanted === null ? malformed : checkChange(this.#hub.pool, caller, wanted),
        ),
      );
    } catch (error) {
      this.#hub.log("warn", "a subscription could not be checked", { error: tell(error) });
      return [{ kind: "later", message: "Realtime was unable to connect to the project database" }];
    }
  }

  #report(status: Status, message: string): void {
    if (this.#told === message) return;
    this.#told = message;
    this.#tell(status, message);
  }
}
